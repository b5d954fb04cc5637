/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of include/linux/btf_ids.h of 6.12 as the pairs need. */
#define __BTF_ASM(text) asm(".pushsection .BTF_ids,\"a\"\n" text "\n.popsection")
#define __BTF_ID(id, more) __BTF_ASM(".local " #id "\n.type " #id ", STT_OBJECT\n.size " #id ", 4\n" #id ":\n.zero 4\n" more)
#define __BTF_ID_(id, more) __BTF_ID(id, more)
#define ___UNIQUE(prefix, a, b) prefix##a##b
#define __UNIQUE(prefix, a, b) ___UNIQUE(prefix, a, b)
#define BTF_ID(prefix, name) __BTF_ID_(__UNIQUE(__BTF_ID__##prefix##__##name##__, __COUNTER__, __LINE__), "")
#define BTF_ID_FLAGS(prefix, name, flags) \
	__BTF_ID_(__UNIQUE(__BTF_ID__##prefix##__##name##__, __COUNTER__, __LINE__), ".long " #flags)
#define BTF_ID_LIST(name) __BTF_ASM(".local " #name "\n" #name ":"); extern unsigned int name[]
#define BTF_SET_START(name) BTF_ID_LIST(name); __BTF_ASM(".local __BTF_ID__set__" #name "\n__BTF_ID__set__" #name ":\n.zero 4")
#define BTF_SET_END(name) __BTF_ASM(".size __BTF_ID__set__" #name ", . - " #name)
#define BTF_KFUNCS_START(name) \
	BTF_ID_LIST(name); __BTF_ASM(".local __BTF_ID__set8__" #name "\n__BTF_ID__set8__" #name ":\n.zero 4\n.long 1")
#define BTF_KFUNCS_END(name) __BTF_ASM(".size __BTF_ID__set8__" #name ", . - " #name)
