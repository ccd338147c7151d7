"""Listens to a world: what boards write, keep, send and lose."""

from host_sim.fuzz.truth import key_of


class Spy:
    """Stands between the boards of a life and their world; the life's checkers hear of messages and mains."""

    def __init__(self, life):
        world = life.world
        self.life, self.truth, self.checkers = life, life.truth, life.checkers
        self.renewed: dict[str, bool] = {}  # board with another flash -> whether that is an old one of its own
        self._written, self._send = world.written, world.send
        world.written, world.send = self._hear_written, self._hear_send
        for event in world.events:  # what boards wrote at their first start
            self.truth.written(event["controller"], {key: event[key] for key in event if key != "at"})
        for board in world.boards.values():
            self._listen(board)

    def _listen(self, board) -> None:
        power_on, power_off = board.power_on, board.power_off
        self._listen_to_log(board)

        def came_on() -> None:
            power_on()
            self._came_on(board)

        def went_off() -> None:
            power_off()
            self.truth.went_off(board.name)
            self.life.power_lost(board.name)
            self.checkers.tell("on_power", board.name, False)

        board.power_on, board.power_off = came_on, went_off

    def _listen_to_log(self, board) -> None:
        """Hear what is in the flash; each start has a log of its own."""
        log, store = board.node.log, board.node.log.store

        def stored(event: dict) -> bool:
            is_stored = store(event)
            if is_stored:
                self.truth.kept(board.name, event)
            return is_stored

        log.store = stored

    def _came_on(self, board) -> None:
        if board.node is None:
            return  # it died in its first moments
        self._listen_to_log(board)
        self.truth.came_on(board.name, board.node)
        if board.name in self.renewed:
            self.truth.renewed(board.name, board.node, self.renewed.pop(board.name))
        self.checkers.tell("on_power", board.name, True)

    def _hear_written(self, controller: str, event: dict) -> None:
        recorder = self.life.world.boards[controller].node.controller.recorder
        is_present = event["controller"] != controller or event["inc"] in (0, recorder.inc)
        if is_present or self.truth.find(key_of(event)) is None:
            self.truth.written(controller, event)
        else:
            self.truth.given_back(controller, event)
        self._written(controller, event)

    def _hear_send(self, sender: str, topic: str, payload: bytes, is_retained: bool = False) -> None:
        self.checkers.tell("on_send", sender, payload)
        self._send(sender, topic, payload, is_retained)
