"""Shapes of plain values."""

from firmware.replica.shape import fits, is_like


def test_letters_are_kinds_and_several_are_any_of_them():
    for shape, good, bad in (
        ("i", (0, 7, (1 << 64) - 1), (-1, 1 << 64, True, "1", None, [])),
        ("s", ("", "x"), (1, None, ["x"])),
        ("b", (True, False), (0, 1, None)),
        ("n", (None,), (0, "", [])),
        ("in", (0, None), (True, "x")),
        ("t", ("facts", "site", "notes"), ("", "fact", None, ["facts"])),
        ("k", ("x", [], ["x", 1]), (1, [None], [["x"]], {})),
        ("_", (None, 1, {"x": []}), ()),
    ):
        assert all([fits(value, shape.encode()) for value in good]), shape
        assert not any([fits(value, shape.encode()) for value in bad]), shape


def test_lists_and_objects_hold_what_the_shape_says():
    for shape, good, bad in (
        ("[i]", ([], [1, 2]), ([1, "x"], (1,), 1)),
        ("(i s)", ([1, "x"],), ([1], [1, "x", 2], [], ["x", 1])),
        ("[(s [i])]", ([], [["a", []], ["b", [1]]]), ([["a", [None]]], [["a"]], ["a"])),
        ("~(i [s])", (None, [1, []]), (0, [1], [1, [2]])),
        ("{a i b? [s] c {d n}}", ({"a": 1, "c": {"d": None}}, {"a": 1, "b": [], "c": {"d": None, "e": 2}}),
         ({"a": 1}, {"a": 1, "b": None, "c": {"d": None}}, {"a": 1, "c": {}}, [])),
        ("([i] [(s i)] s)", ([[], [], "x"], [[1], [["a", 2]], "x"]), ([[], []], [[], [], "x", 1])),
    ):  # fmt: skip
        assert all([fits(value, shape.encode()) for value in good]), shape
        assert not any([fits(value, shape.encode()) for value in bad]), shape


def test_bytes_that_are_no_json_are_like_nothing():
    assert is_like(b"[1, 2]", b"[i]")
    for body in (b"", b"\xff", b"nothing"):
        assert not is_like(body, b"_")
