# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What tests and measures egret: included by the Makefile, which builds it.

# --- files ---
UNIT_TESTS := $(patsubst %.c,$(O)/%,$(shell find tests/unit -name '*_test.c' 2>/dev/null))
UNIT_TESTS := $(filter-out $(if $(filter sqlite3,$(FOUND)),,$(addprefix $(O)/tests/unit/,store/% cmd/history_test \
	cmd/timeline_test)),$(UNIT_TESTS))
HTML_HELPER := $(if $(filter sqlite3,$(FOUND)),$(O)/tests/html/history)
ABI_TESTS := $(patsubst %.c,$(O)/%,$(wildcard tests/abi/*_test.c))
FUZZ_TESTS := $(patsubst %.c,$(O)/%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_MAIN := $(if $(filter fuzz,$(SANITIZE)),,$(O)/tests/fuzz/replay.o)
SIMULATOR := $(O)/tools/fleet/simulate
HARNESS := $(wildcard tests/harness/*.c)
NET_SOURCES := $(wildcard tests/bpf/*.c tests/net/*.c)
LOAD_SOURCES := $(wildcard tests/load/*.c) $(filter-out %/suites.c,$(HARNESS))
LOAD_TEST := $(O)/tests/load_test
NET_TESTS := $(if $(NET_SOURCES),$(O)/tests/net_test)
BENCHES := $(patsubst %.c,$(O)/%,$(wildcard tests/bench/*_bench.c))
BENCH_HELPERS := $(filter-out %_bench.c,$(wildcard tests/bench/*.c)) $(filter-out %/main.c,$(HARNESS))

# --- targets ---
.PHONY: check check-tools check-vm check-load check-faults prove fuzz bench
check: check-tools all $(HTML_HELPER) $(SIMULATOR) $(UNIT_TESTS) $(ABI_TESTS) $(FUZZ_TESTS) $(NET_TESTS) ## build and run all tests (needs root)
	$(Q)EGRET=$(abspath $(O)/egret) BUILD=$(abspath $(O)) tools/run-tests \
		$(UNIT_TESTS) $(ABI_TESTS) $(FUZZ_TESTS) $(NET_TESTS) \
		tools/check-schemas $(wildcard tests/schema/*_test.py tests/html/*_test.py tests/fleet/*_test.py tests/top/*_test.py) \
		tests/vm/vm_run_test.py

check-tools:
	$(Q)tools/install-deps --missing test || $(PKG_CONFIG) --exists cmocka || \
		{ echo 'make check: no unit tests without cmocka: sudo tools/install-deps --test' >&2; exit 1; }

# The targets to fuzz, and how long each.
T ?= $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
SECONDS ?= 60
fuzz: ## look for inputs that break a parser: T=NAME (default: each), SECONDS=60
	$(Q)$(MAKE) SANITIZE=fuzz O=$(O)/fuzz CC='$(CLANG)' CFLAGS='-O1 -g' $(T:%=$(O)/fuzz/tests/fuzz/%_fuzz)
	$(Q)BUILD=$(O)/fuzz FUZZ_SECONDS=$(SECONDS) tools/fuzz $(T)

# Each compiler of the BPF object that is here has its say.
VM_CLANGS := $(shell for c in clang-14 clang-16 clang-19; do command -v $$c >/dev/null && echo $$c; done)
check-vm: all $(NET_TESTS) $(LOAD_TEST) $(VM_CLANGS:%=$(O)/vm/verifier-%) ## the live tests on other kernels (K=NAME: one)
	$(Q)BUILD=$(O) tools/vm-run $(VM) $(K:%=-k %) $(foreach pattern,$(CASES),'$(pattern)')

$(O)/vm/verifier-%: all
	$(Q)mkdir -p $(@D) && $(MAKE) O=$(O)/vm/$* CLANG=$* LIBRARY=$(O)/libegret.a \
		$(O)/vm/$*/tests/vm/verifier_test && \
		cp $(O)/vm/$*/tests/vm/verifier_test $@

bench: all $(BENCHES) ## measure speed and memory (needs root)
	$(Q)for bench in $(BENCHES); do \
		EGRET=$(abspath $(O)/egret) BUILD=$(abspath $(O)) $$bench || exit; done

check-load: all $(LOAD_TEST) ## floods, full maps, a reader that sleeps (needs root)
	$(Q)EGRET=$(abspath $(O)/egret) EGRET_TEST_TIMEOUT=3600 tools/run-tests $(LOAD_TEST)

prove: all ## all of the above and below in one table (STEPS='lint load', WITHOUT=kernels; root; hours)
	$(Q)BUILD=$(abspath $(O)) tools/prove $(WITHOUT:%=-x %) $(STEPS)

check-faults: ## let each call that can fail do so once (needs root)
	$(Q)$(MAKE) SANITIZE=1 O=$(O)/sanitize $(O)/sanitize/tests/fault/egret $(O)/sanitize/tests/net_test \
		$(O)/sanitize/tests/html/history
	$(Q)BUILD=$(abspath $(O)/sanitize) EGRET_TEST_TIMEOUT=3600 tools/run-tests tests/fault/fault_test.py

# --- programs ---
$(O)/tests/libbench.a: $(call objects,$(BENCH_HELPERS))

VERIFIER := $(O)/tests/vm/verifier_test
PROGRAMS := $(UNIT_TESTS) $(ABI_TESTS) $(FUZZ_TESTS) $(NET_TESTS) $(BENCHES) $(VERIFIER) $(LOAD_TEST) $(HTML_HELPER) $(SIMULATOR)

# What each consists of; the archives are last, as the linker wants them.
$(filter-out $(NET_TESTS) $(LOAD_TEST) $(SIMULATOR),$(PROGRAMS)): $(O)/%: $(O)/%.o
$(FUZZ_TESTS): $(O)/tests/fuzz/fuzz.o $(FUZZ_MAIN)
$(NET_TESTS): $(call objects,$(HARNESS) $(NET_SOURCES))
$(LOAD_TEST): $(call objects,$(LOAD_SOURCES))
$(SIMULATOR): $(call objects,$(wildcard tools/fleet/*.c))
$(BENCHES): $(O)/tests/libbench.a
$(filter-out $(ABI_TESTS) $(NET_TESTS) $(LOAD_TEST) $(VERIFIER),$(PROGRAMS)): $(O)/libegret.a
# Of the library, only what holds the programs is built again with each compiler of them.
LIBRARY ?= $(O)/libegret.a
$(VERIFIER): $(call objects,$(filter user/probe/%,$(SOURCES))) $(LIBRARY)

$(UNIT_TESTS) $(ABI_TESTS) $(HTML_HELPER): LDLIBS += $(CMOCKA_LDLIBS)
$(O)/tests/unit/names/dns_test $(O)/tests/unit/names/dns_peers_test: LDLIBS += -lresolv
$(NET_TESTS) $(LOAD_TEST) $(BENCHES): LDFLAGS += -pthread
$(FUZZ_TESTS): LDFLAGS += $(if $(FUZZ_MAIN),,-fsanitize=fuzzer)
$(PROGRAMS):
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LIB_LDLIBS) $(LDLIBS)

# The program itself, with each call that may fail wrapped.
$(O)/tests/fault/egret: $(O)/user/main.o $(O)/tests/fault/wrap.o $(O)/libegret.a
	$(call say,LINK,$@)
	$(Q)$(LINK) $$(nm $(word 2,$^) | sed -n 's/.* T __wrap_/-Wl,--wrap=/p') -o $@ $^ $(LIB_LDLIBS) $(LDLIBS)

# --- objects ---
$(O)/tests/%.o: INCLUDES += -Itests -I.
$(O)/tests/%.o: LIB_CFLAGS += $(CMOCKA_CFLAGS) -pthread
$(VERIFIER).o: $(O)/bpf/egret.skel.h
$(call objects,$(wildcard tests/abi/*.c)): $(O)/gen/abi_layout.inc | $(O)/bpf/egret.bpf.o

$(O)/gen/abi_layout.inc: include/egret/abi.h $(wildcard bpf/*) tools/abi-layout tests/rules.mk
	$(call say,LAYOUT,$@)
	$(Q)mkdir -p $(@D) && tools/abi-layout $(filter-out tools/% tests/%,$^) >$@
