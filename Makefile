# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Builds egret: `make help` lists what there is. Settings, from the environment or the command line:
#   O=DIR  V=1  WERROR=1  SANITIZE=1  PREFIX=DIR  DESTDIR=DIR  GEO=DIR  CC  CLANG  BPFTOOL  CFLAGS  LDFLAGS

SANITIZE ?= 0
O ?= build$(if $(filter 1,$(SANITIZE)),/sanitize)
PREFIX ?= /usr/local
GEO ?= /var/lib/egret/geo
CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
DATADIR := $(DESTDIR)$(PREFIX)/share
LIBDIR := $(DESTDIR)$(PREFIX)/lib

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

ifeq ($(V),1)
Q :=
say :=
else
Q := @
say = @printf '  %-8s %s\n' $(1) $(2);
endif

# --- tools and libraries ---
# The first of these commands that runs: a wrapper without its program, as Ubuntu's bpftool, doesn't.
first-working = $(shell for t in $(1); do $$t --version >/dev/null 2>&1 && echo $$t && break; done)
newest-clang = $(shell ls /usr/bin/clang-[0-9]* /usr/lib/llvm*/bin/clang 2>/dev/null | sort -Vr)
ifndef CLANG
CLANG := $(or $(call first-working,clang $(newest-clang)),clang)
endif
ifndef BPFTOOL
BPFTOOL := $(or $(call first-working,bpftool /usr/sbin/bpftool \
	/usr/lib/linux-tools/*/bpftool /usr/lib/linux-tools-*/bpftool),bpftool)
endif
LIBRARIES := "libbpf >= 1.1" libelf zlib libcjson libcap-ng
ifneq ($(filter-out clean geo help,$(or $(MAKECMDGOALS),all)),)
ifneq ($(shell $(PKG_CONFIG) --exists $(LIBRARIES) || echo missing),)
$(shell $(PKG_CONFIG) --print-errors --exists $(LIBRARIES))
$(error a library is missing or too old (see above): `sudo tools/install-deps` installs what the build needs)
endif
# What egret can do without; the feature says so then. C sees -DEG_HAVE_LIBMAXMINDDB and so on.
FOUND := $(foreach library,libmaxminddb libloc libpsl libcrypto sqlite3 libseccomp ncursesw, \
	$(shell $(PKG_CONFIG) --exists $(library) && echo $(library)))
LIB_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBRARIES) $(FOUND)) \
	$(addprefix -DEG_HAVE_,$(shell echo $(FOUND) | tr a-z A-Z))
LIB_LDLIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES) $(FOUND)) -lm
CMOCKA_CFLAGS = $(shell $(PKG_CONFIG) --silence-errors --cflags cmocka)
CMOCKA_LDLIBS = $(shell $(PKG_CONFIG) --libs cmocka)
endif

# --- flags ---
cc-option = $(shell $(CC) -Werror $(1) -c -x c /dev/null -o /dev/null 2>/dev/null && echo $(1))
# Without optimization, or beside a packager's own choice, it would only warn.
fortify = $(if $(filter-out -O0,$(filter -O%,$(CFLAGS))),$(if $(findstring FORTIFY,$(CPPFLAGS) $(CFLAGS)),, \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3))
MACHINE := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
ARCH := $(shell echo $(MACHINE) | sed 's/x86_64\|i.86/x86/; s/aarch64.*/arm64/; s/arm[^6].*/arm/; \
	s/ppc.*/powerpc/; s/powerpc.*/powerpc/; s/riscv.*/riscv/; s/s390x/s390/; s/loongarch.*/loongarch/')

# gcc 12 sees dangling pointers in what open_memstream() allocates.
WARNINGS := -Wall -Wextra -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wshadow -Wvla -Wundef -Wpointer-arith -Wwrite-strings -Wcast-qual -Wdate-time \
	-Wimplicit-fallthrough -Wmissing-field-initializers \
	$(patsubst -W%,-Wno-%,$(call cc-option,-Wdangling-pointer)) $(if $(filter 1,$(WERROR)),-Werror)
HARDENING := -fstack-protector-strong -fPIE $(call cc-option,-fstack-clash-protection) \
	$(call cc-option,-fcf-protection) $(fortify)
LINK_HARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
# SANITIZE=fuzz is what `make fuzz` builds with: clang's libFuzzer besides.
ifneq ($(filter 1 fuzz,$(SANITIZE)),)
HARDENING := -fPIE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer \
	$(if $(filter fuzz,$(SANITIZE)),-fsanitize=fuzzer-no-link)
LINK_HARDENING := -pie -fsanitize=address,undefined
endif

INCLUDES := -Iinclude -isystem $(O)/bpf -I$(O)/gen
C_FLAGS = -std=gnu17 -D_GNU_SOURCE $(INCLUDES) $(LIB_CFLAGS) $(WARNINGS) $(HARDENING) $(CPPFLAGS) $(CFLAGS)
LINK = $(CC) $(CFLAGS) $(LINK_HARDENING) $(LDFLAGS)
# Of the instruction sets, v2 is the newest whose programs every kernel from 5.10 on verifies alike.
# Sinking would merge a load from the stack and one from the kernel's memory into one instruction,
# which the verifier refuses (clang 16: "same insn cannot be used with different pointers").
BPF_FLAGS := -g -O2 -std=gnu17 -target bpf -mcpu=v2 -mllvm -simplifycfg-sink-common=false -D__TARGET_ARCH_$(ARCH) -Iinclude -Ibpf \
	$(addprefix -idirafter ,$(wildcard /usr/include/$(MACHINE)-linux-gnu*)) \
	-Wall -Wextra -Wshadow -Wno-unused-parameter $(if $(filter 1,$(WERROR)),-Werror)

# --- files ---
SOURCES := $(sort $(filter-out user/main.c,$(shell find user -name '*.c')))
# The history is one library's or not there at all.
HISTORY := $(filter-out user/store/absent.c,$(wildcard user/store/*.c))
SOURCES := $(filter-out $(if $(filter sqlite3,$(FOUND)),user/store/absent.c,$(HISTORY)),$(SOURCES))
SCHEMAS := $(sort $(wildcard user/out/schema/*.schema.json))
MAN_PAGES := $(wildcard user/man/*.1)
objects = $(patsubst %.c,$(O)/%.o,$(1))

# --- targets ---
.PHONY: all run lint geo report-ui install clean help always
all: $(O)/egret ## build build/egret (the default)

include tests/rules.mk

run: all ## build, then watch this host's traffic for ten seconds (needs root)
	@echo 'Watching which programs send what where, for ten seconds. This host goes on as usual.' >&2
	@$(O)/egret summary --duration 10s --format text

lint: $(O)/bpf/egret.skel.h $(O)/gen/schemas.inc $(O)/gen/owners.inc $(O)/gen/report_ui.inc ## check format, static analysis and the house rules
	$(Q)CC='$(CC)' CLANG='$(CLANG)' C_FLAGS='$(INCLUDES) $(LIB_CFLAGS) -std=gnu17 -D_GNU_SOURCE' \
		BPF_FLAGS='$(BPF_FLAGS)' tools/lint

report-ui: ## fetch and bundle what the HTML report draws with, and build it in (needs node and npm)
	$(Q)tools/report/build '$(O)/report'
	$(Q)$(MAKE) $(O)/egret

geo: ## fetch current databases of countries and operators into GEO (default /var/lib/egret/geo)
	$(Q)tools/fetch-geo '$(DESTDIR)$(GEO)'

install: all ## install under DESTDIR and PREFIX (default /usr/local)
	install -D -m 755 $(O)/egret $(DESTDIR)$(PREFIX)/bin/egret
	install -d $(DATADIR)/man/man1
	install -m 644 $(MAN_PAGES) $(DATADIR)/man/man1
	install -D -m 644 user/completion/egret $(DATADIR)/bash-completion/completions/egret
	install -d $(LIBDIR)/systemd/system
	for unit in egret egret-report; do sed 's|@BINDIR@|$(PREFIX)/bin|' user/systemd/$$unit.service.in \
		>$(LIBDIR)/systemd/system/$$unit.service || exit; done
	install -m 644 user/systemd/egret-report.timer $(LIBDIR)/systemd/system
	install -D -m 644 user/systemd/egret.sysusers.conf $(LIBDIR)/sysusers.d/egret.conf
	install -D -m 644 user/systemd/egret.tmpfiles.conf $(LIBDIR)/tmpfiles.d/egret.conf

clean: ## remove what was built
	rm -rf $(O)

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile tests/rules.mk | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done

# --- programs ---
$(O)/egret: $(O)/user/main.o $(O)/libegret.a
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LIB_LDLIBS) $(LDLIBS)

$(O)/libegret.a: $(call objects,$(SOURCES))
$(O)/%.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# --- objects ---
$(O)/%.o: %.c Makefile
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(C_FLAGS) -MMD -MP -c -o $@ $<

$(call objects,$(filter user/probe/%,$(SOURCES))): $(O)/bpf/egret.skel.h
$(call objects,$(filter user/out/%,$(SOURCES))): | $(O)/gen/schemas.inc
$(call objects,user/out/ui.c): $(O)/gen/report_ui.inc
$(call objects,$(filter user/place/%,$(SOURCES))): $(O)/gen/libraries | $(O)/gen/owners.inc
$(call objects,user/base/sandbox.c user/base/libraries.c user/cmd/top_screen.c user/cmd/top_rescue.c): $(O)/gen/libraries

# --- what is generated ---
# bpftool's linker drops the DWARF and keeps the BTF.
$(O)/bpf/egret.bpf.o: bpf/egret.bpf.c Makefile
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_FLAGS) -MMD -MP -MT $@ -MF $(@:.o=.d) -c -o $(@:.o=.tmp.o) $<
	$(Q)$(BPFTOOL) gen object $@ $(@:.o=.tmp.o)

$(O)/bpf/egret.skel.h: $(O)/bpf/egret.bpf.o
	$(call say,SKEL,$@)
	$(Q)mkdir -p $(@D) && $(BPFTOOL) gen skeleton $< name egret_bpf >$@

$(O)/gen/owners.inc: user/place/owners.tsv tools/embed Makefile
$(O)/gen/schemas.inc: $(SCHEMAS) tools/embed Makefile
$(O)/gen/schemas.inc $(O)/gen/owners.inc:
	$(call say,EMBED,$@)
	$(Q)mkdir -p $(@D) && tools/embed $(filter user/%,$^) >$@

# What `make report-ui` has made, if it was run.
$(O)/gen/report_ui.inc: $(wildcard $(O)/report/*.txt) tools/embed Makefile
	$(call say,EMBED,$@)
	$(Q)mkdir -p $(@D) && tools/embed $(filter $(O)/report/%,$^) >$@

# Changes when a library was installed or removed, so that its users are built anew.
$(O)/gen/libraries: always
	$(Q)mkdir -p $(@D) && echo '$(FOUND)' | cmp -s - $@ || echo '$(FOUND)' >$@

-include $(shell find $(O) -name '*.d' 2>/dev/null)
