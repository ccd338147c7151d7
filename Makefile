# Two commands do everything, set-up included: `make sim` and `make test`.
SITE ?= host_sim/sites/hq.toml
JOBS ?= 2
MINUTES ?= 10
PYTHON3 ?= python3
PYTHON := .venv/bin/python
PIP := .venv/bin/pip --disable-pip-version-check install --quiet --constraint tools/setup/constraints.txt
PYTEST := $(PYTHON) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
export PYTHON3

RUNTIME := .venv/.runtime
TESTING := .venv/.testing
FUZZING := .venv/.fuzzing
BOARD_TOOLS := .venv/.board
MICROPYTHONS := .cache/micropython64/micropython .cache/micropython32/micropython
CHROMIUM := .cache/chromium
BROKERS := .cache/mosquitto .cache/nats-server
POSTGRES := .cache/postgres
OSDP_PEERS := .cache/osdp-peer/.ready .cache/osdp-rival/.ready
VALGRIND := .cache/valgrind
UMQTT := .cache/umqtt/umqtt/simple.py

.PHONY: help setup sim console test test-fast bench campaign fuzz fuzz-mutants fuzz-messages build flash deploy smoke logs repl size clean clean-all

help: ## print these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

setup: $(RUNTIME) $(TESTING) $(FUZZING) $(MICROPYTHONS) $(CHROMIUM) $(BROKERS) $(POSTGRES) $(UMQTT) $(OSDP_PEERS) $(VALGRIND) ## fetch all that the other targets need; they call it themselves
	@:

sim: $(RUNTIME) $(if $(MICROPYTHON),.cache/micropython64/micropython $(UMQTT)) ## open the bench: a site to use in a browser (PORT=8080 SITE=FILE BROKER=URL MICROPYTHON=front,back SIMULATED=1)
	@$(PYTHON) -m host_sim bench --port $(or $(PORT),8080) --site $(SITE) $(if $(BROKER),--broker $(BROKER)) \
	  $(if $(MICROPYTHON),--micropython $(MICROPYTHON)) $(if $(SIMULATED),--simulated)

console: $(RUNTIME) ## open the operators' console of a site (SITE=FILE BROKER=URL or CLIENT=mqtt.json; PORT=8090 DATABASE=URL)
	@$(PYTHON) -m tools.console --site $(SITE) $(if $(DATABASE),--database $(DATABASE)) run --port $(or $(PORT),8090) \
	  $(if $(BROKER),--broker $(BROKER)) $(if $(CLIENT),--client $(CLIENT))

test: setup ## run every test (JOBS=2 at a time)
	@$(PYTEST)

test-fast: $(TESTING) $(MICROPYTHONS) ## run what takes under a minute: no browser, no broker, no long walks
	@$(PYTEST) -m "not slow and not browser and not broker"

bench: $(RUNTIME) ## print the benchmarks: name, figure, goal, ratio (WORDS="day wiegand" for some)
	@$(PYTHON) -m tools.bench $(WORDS)

campaign: $(TESTING) $(MICROPYTHONS) $(BROKERS) $(UMQTT) ## badge without end at a board whose broker is killed again and again; Ctrl-C counts (FRAMES=100000 SPEED=4 CALM=1 UNGATED=1)
	@$(PYTHON) -m tests.host.broker_campaign $(or $(FRAMES),100000) --speed $(or $(SPEED),4) $(if $(CALM),--calm) $(if $(UNGATED),--ungated)

fuzz: $(RUNTIME) ## live random lives of random sites until stopped, or until one breaks a rule (SEEDS=… START=…)
	@$(PYTHON) -m host_sim fuzz $(if $(SEEDS),--seeds $(SEEDS)) $(if $(START),--start $(START))

fuzz-mutants: $(TESTING) ## search the lives that show each deliberately broken firmware
	@$(PYTHON) -m tests.sim.find_mutants

fuzz-messages: $(FUZZING) ## fuzz what is made of bytes from the network and from readers (MINUTES=10 for each TARGET: decoder, node, osdp)
	@$(PYTHON) -m tests.fuzz run --minutes $(MINUTES) $(if $(TARGET),--target $(TARGET))

build: $(BOARD_TOOLS) ## compile the firmware for boards into build/board, with a manifest
	@$(PYTHON) -m tools.build make

flash: $(BOARD_TOOLS) ## write a MicroPython that you have downloaded onto a board (PORT=/dev/ttyUSB0 IMAGE=FILE BOARD=NAME ERASE=1), with our partition table
	@$(PYTHON) -m tools.flash --port $(or $(PORT),$(error PORT=… is missing: the serial port of the board)) \
	  --image $(or $(IMAGE),$(error IMAGE=… is missing: the .bin for this chip, from MicroPython's download page)) \
	  $(if $(BOARD),--board $(BOARD)) $(if $(ERASE),--erase) $(if $(BAUD),--baud $(BAUD))

deploy: build ## bring it onto a board (PORT=/dev/ttyUSB0 PART=parts/c1, from `tools.site compile`; MQTT=mqtt.json, from tools.broker; ROM=0: not in place)
	@$(PYTHON) -m tools.deploy --port $(or $(PORT),$(error PORT=… is missing: the serial port of the board)) \
	  --part $(or $(PART),$(error PART=… is missing: the controller's folder of what `tools.site compile` wrote)) $(if $(MQTT),--mqtt $(MQTT)) $(if $(ROM),$(if $(filter 0,$(ROM)),--no-rom,--rom))

smoke: $(BOARD_TOOLS) ## measure a board in five minutes (PORT=/dev/ttyUSB0 LOOP="4,5 6,7": GPIOs joined by wires; RELAYS=1 BOARD=NAME: let them click)
	@$(PYTHON) -m tools.smoke --port $(or $(PORT),$(error PORT=… is missing: the serial port of the board)) $(if $(LOOP),--loop "$(LOOP)") \
	  $(if $(RELAYS),--relays $(or $(BOARD),$(error BOARD=… is missing: its name as in site files)))

logs: $(BOARD_TOOLS) ## print what a board prints, and stop nothing (PORT=/dev/ttyUSB0); LOG=1: the events in its flash, for which it is stopped (ZONE=Europe/Berlin)
	@$(PYTHON) -m tools.terminal $(if $(LOG),log,follow) --port $(or $(PORT),$(error PORT=… is missing: the serial port of the board)) \
	  $(if $(LOG),$(if $(ZONE),--zone $(ZONE)))

repl: $(BOARD_TOOLS) ## get a board's prompt (PORT=/dev/ttyUSB0)
	@$(PYTHON) -m tools.terminal repl --port $(or $(PORT),$(error PORT=… is missing: the serial port of the board))

size: build ## print how much of a board's flash the firmware takes
	@$(PYTHON) -m tools.build size

clean: ## remove build results and caches of tests
	@rm -rf build .pytest_cache .hypothesis
	@find firmware host_sim tools tests -name __pycache__ -prune -exec rm -rf {} +

clean-all: clean ## remove also all that setup fetched: the next one starts anew
	@rm -rf .venv .cache

$(RUNTIME): pyproject.toml tools/setup/constraints.txt
	@test -x .venv/bin/pip || { echo "setup: making .venv"; tools/setup/venv .venv; }
	@echo "setup: installing what the simulator needs"
	@$(PIP) $$($(PYTHON) tools/setup/dependencies.py) && touch $@

$(TESTING): $(RUNTIME)
	@echo "setup: installing what the tests need"
	@$(PIP) $$($(PYTHON) tools/setup/dependencies.py test) && touch $@

$(BOARD_TOOLS): $(RUNTIME)
	@echo "setup: installing what builds and deploys the firmware"
	@$(PIP) $$($(PYTHON) tools/setup/dependencies.py board) && touch $@

# A fuzzer, a MicroPython, a browser or a broker that cannot be had is a notice here; the tests decide what that means.
$(FUZZING): $(TESTING)
	@$(PIP) --only-binary :all: $$($(PYTHON) tools/setup/dependencies.py fuzz) && touch $@ \
		|| echo "NOTICE: no atheris: no build of it for this machine and its Python; messages are not fuzzed here" >&2

.cache/micropython%/micropython:
	@$(PYTHON3) tools/setup/micropython.py $* $(@D) || true

$(CHROMIUM):
	@tools/setup/chromium $@ || true

$(BROKERS) $(VALGRIND):
	@tools/setup/debian $(@F) $(@F) $@ || true

$(POSTGRES):
	@tools/setup/debian postgresql $(@F) $@ || true

.cache/osdp-%/.ready: pyproject.toml tools/setup/constraints.txt | $(RUNTIME)
	@{ tools/setup/venv $(@D) && $(@D)/bin/pip --disable-pip-version-check install --quiet --constraint tools/setup/constraints.txt \
	  $$($(PYTHON) tools/setup/dependencies.py osdp-$*) && touch $@; } \
	  || echo "NOTICE: no osdp-$*: OSDP is not tried against what others have built" >&2

$(UMQTT): | $(TESTING)
	@tools/setup/umqtt .cache/umqtt || true
