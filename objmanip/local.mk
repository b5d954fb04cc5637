noinst_LIBRARIES += libobjmanip.a
libobjmanip_a_SOURCES = \
	objmanip/arch-ppc64le.c \
	objmanip/arch-x86-64.c \
	objmanip/arch.c \
	objmanip/arch.h \
	objmanip/buf.c \
	objmanip/buf.h \
	objmanip/elf.c \
	objmanip/elf.h \
	objmanip/emit-match.c \
	objmanip/layout.c \
	objmanip/layout.h \
	objmanip/match-program.c \
	objmanip/match-program.h \
	objmanip/match-sites.c \
	objmanip/match-table.c \
	objmanip/match-table.h \
	objmanip/objmanip.h \
	objmanip/span.c \
	objmanip/span.h \
	objmanip/special.c \
	objmanip/special.h \
	objmanip/symbols.h
# What a program that uses the library links with.
OBJMANIP_LIBS = libobjmanip.a libcommon.a $(ELF_LIBS) $(OPCODES_LIBS)
