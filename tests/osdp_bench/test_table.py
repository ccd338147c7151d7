"""The table that the benchmark prints, of figures that are made up."""

from tools.bench import osdp_faults

READERS, PANELS = ("libosdp's reader", "a reader that repeats"), ("ours", "libosdp")


def row(reader, panel, **more):
    return {"reader": reader, "panel": panel} | more


def found():
    both = [(reader, panel) for reader in READERS for panel in PANELS]
    back_s, cards_s = {"ours": 0.25, "libosdp": None}, {"ours": [0.3, 0.1], "libosdp": [None, 300.5]}
    return {
        "wait_s": 30.0,
        "pause_ms": 12.4,
        "power": [row(*who, s=0.5) for who in both],
        "faults": [row(*who, fault=name, back_s=back_s[who[1]], cards_s=cards_s[who[1]]) for name in ("noise", "BUSY") for who in both],
        "cycles": [row(READERS[0], panel, baud=9600, count=4, ms=139.2, start_s=back_s[panel]) for panel in PANELS],
    }


def test_each_fault_is_a_row_and_each_panel_with_each_reader_a_column():
    lines = osdp_faults.table(found()).split("\n")
    assert lines[2:5] == [
        "| from power | 0.50 s | 0.50 s | 0.50 s | 0.50 s |",
        "| noise | 0.25 s (0) | > 30 s (2) | 0.25 s (0) | > 30 s (2) |",
        "| BUSY | 0.25 s (0) | > 30 s (2) | 0.25 s (0) | > 30 s (2) |",
    ]
    assert "| 9600 baud, 4 | 139 ms | 139 ms | 0.25 s | > 30 s |" in lines and "12 ms" in lines[-1]
    assert len({line.count("|") for line in lines[:5]}) == 1


def test_a_card_that_comes_when_nobody_stands_there_any_more_is_lost():
    assert [osdp_faults.lost(cards) for cards in ([0.1, 9.9], [None, 0.1], [10.1, 0.1], [None, None])] == [0, 1, 1, 2]


def test_the_figures_are_ours_with_the_worse_reader_and_two_seconds_are_the_goal(monkeypatch):
    those = found()
    those["faults"][2]["back_s"] = 1.5
    those["faults"][4]["back_s"] = None
    monkeypatch.setattr(osdp_faults, "measured", lambda: those)
    figures = osdp_faults.bench_osdp_faults()
    assert [(figure.value, figure.goal) for figure in figures] == [(0.5, 2), (1.5, 2), (30.0, 2)]
    assert figures[1].ratio > 1 > figures[2].ratio


def test_without_libosdp_there_is_a_notice_and_no_figure(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(osdp_faults, "_PEER", tmp_path)
    osdp_faults.measured.cache_clear()
    assert osdp_faults.bench_osdp_faults() == [] and "make setup" in capsys.readouterr().err
    osdp_faults.measured.cache_clear()
