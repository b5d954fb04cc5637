// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the command line. */
#include "ksplice-create/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/names.h"

enum { OPT_PATCH = 256, OPT_CONFIG, OPT_IMAGE, OPT_ID, OPT_DESCRIPTION, OPT_WORKDIR, OPT_PATCH_OPT, OPT_JSON,
       OPT_ARCH, OPT_RELEASE, OPT_SYMVERS, OPT_MODULES, OPT_CC, OPT_GIT, OPT_SERIES,
       OPT_EXTRA_MATCH, OPT_EXCLUDE_MATCH, OPT_REPORT, OPT_SIGN, OPT_SIGN_KEY, OPT_SIGN_CERT, OPT_SIGN_FILE, OPT_VERSION };

static const struct option long_options[] = {
	{"patch", required_argument, NULL, OPT_PATCH},
	{"git", required_argument, NULL, OPT_GIT},
	{"series", no_argument, NULL, OPT_SERIES},
	{"extra-match", required_argument, NULL, OPT_EXTRA_MATCH},
	{"exclude-match", required_argument, NULL, OPT_EXCLUDE_MATCH},
	{"config", required_argument, NULL, OPT_CONFIG},
	{"image", required_argument, NULL, OPT_IMAGE},
	{"modules", required_argument, NULL, OPT_MODULES},
	{"id", required_argument, NULL, OPT_ID},
	{"description", required_argument, NULL, OPT_DESCRIPTION},
	{"output", required_argument, NULL, 'o'},
	{"report", required_argument, NULL, OPT_REPORT},
	{"sign", required_argument, NULL, OPT_SIGN},
	{"sign-file", required_argument, NULL, OPT_SIGN_FILE},
	{"sign-key", required_argument, NULL, OPT_SIGN_KEY},
	{"sign-cert", required_argument, NULL, OPT_SIGN_CERT},
	{"jobs", required_argument, NULL, 'j'},
	{"workdir", required_argument, NULL, OPT_WORKDIR},
	{"patch-opt", required_argument, NULL, OPT_PATCH_OPT},
	{"arch", required_argument, NULL, OPT_ARCH},
	{"release", required_argument, NULL, OPT_RELEASE},
	{"symvers", required_argument, NULL, OPT_SYMVERS},
	{"cc", required_argument, NULL, OPT_CC},
	{"verbose", no_argument, NULL, 'v'},
	{"quiet", no_argument, NULL, 'q'},
	{"json", no_argument, NULL, OPT_JSON},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

void options_help(void)
{
	puts("Usage: ksplice-create --patch=FILE|--git=REV [OPTION]... KERNEL_SOURCE\n"
	     "       ksplice-create --sign=UPDATE --sign-key=KEY --sign-cert=FILE [OPTION]...\n"
	     "Makes an update file that splices a source diff into a running kernel; or signs one.\n"
	     "\n"
	     "  --patch=FILE        the diff; repeatable, applied in the order given\n"
	     "  --git=REV[..REV]    the diff is what a commit changes, or what lies between two, of the git tree KERNEL_SOURCE\n"
	     "  --series            KERNEL_SOURCE contains the updates that are in force; the new one goes upon them\n"
	     "  --config=FILE       the kernel's configuration [/boot/config-RELEASE of the running kernel]\n"
	     "  --arch=ARCH         the kernel's machine, as 'uname -m' says it there [told by --config]\n"
	     "  --release=REL       the kernel's release [told by --config's place or name, or the running kernel's]\n"
	     "  --image=FILE        the kernel's vmlinuz, or vmlinux with symbols: match against it before packing\n"
	     "  --modules=DIR       its lib/modules/RELEASE, to match modules as well [beside --image or --config]\n"
	     "  --symvers=FILE      the kernel's Module.symvers [the one of its headers package, or from --image]\n"
	     "  --id=ID             name of the update, 1 to 24 of a-z, 0-9, _ [8 random characters]\n"
	     "  --description=TEXT  what the update is for\n"
	     "  -o, --output=FILE   the update file [ksplice-ID.tar.gz]\n"
	     "  --report=FILE       also write an HTML page to review the update, or why there is none\n"
	     "  --sign-key=KEY      sign the modules with this private key: a PEM file, or a pkcs11: URI\n"
	     "  --sign-cert=FILE    its certificate\n"
	     "  --sign=UPDATE       sign the modules of this update file, which is there already, and write it anew [in its place]\n"
	     "  --sign-file=PROGRAM  scripts/sign-file of the kernel's build, for --sign [the one of Debian's linux-kbuild]\n"
	     "  -j, --jobs=N        compile N files at a time [number of processors]\n"
	     "  --workdir=DIR       where to build, reused by later runs [~/.cache/ksplice/create/...]\n"
	     "  --patch-opt=OPT     option for patch(1), e.g. -p0; repeatable [-p1]\n"
	     "  --extra-match=GLOB  match these units as well, e.g. 'fs/proc/*', though nothing changes there; repeatable\n"
	     "  --exclude-match=GLOB  leave these units out, and what the diff changes in them; repeatable\n"
	     "  --cc=CC             compiler [the one that the configuration names]\n"
	     "  --json              the result as one JSON object on standard output\n"
	     "  -v, --verbose       also show what the kernel's build says\n"
	     "  -q, --quiet         only errors\n"
	     "  -h, --help          print this\n"
	     "  --version           print the version\n"
	     "\n"
	     "Exit status: 0 made, 66 the diff changes no object code, 3 refused as unsafe, 2 usage, 1 anything else.");
}

static struct error *random_id(char **ret)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	unsigned char bytes[8];
	char id[sizeof(bytes) + 1] = "";

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return error_errno(errno, "getrandom");
	for (size_t i = 0; i < sizeof(bytes); i++)
		id[i] = letters[bytes[i] % (sizeof(letters) - 1)];
	*ret = xstrdup(id);
	return NULL;
}

static struct error *parse_jobs(const char *text, int *ret)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 1 || n > 4096)
		return error_new(ERROR_USAGE, "--jobs=%s: give a number from 1 to 4096", text);
	*ret = n;
	return NULL;
}

static struct error *take(struct options *o, int opt)
{
	switch (opt) {
	case OPT_PATCH: strv_add(&o->patches, optarg); break;
	case OPT_PATCH_OPT: strv_add(&o->patch_opts, optarg); break;
	case OPT_GIT: o->git = optarg; break;
	case OPT_SERIES: o->series = true; break;
	case OPT_EXTRA_MATCH: strv_add(&o->extra_match, optarg); break;
	case OPT_EXCLUDE_MATCH: strv_add(&o->exclude_match, optarg); break;
	case OPT_CONFIG: o->config = optarg; break;
	case OPT_ARCH: o->arch = optarg; break;
	case OPT_RELEASE: o->release = optarg; break;
	case OPT_SYMVERS: o->symvers = optarg; break;
	case OPT_IMAGE: o->image = optarg; break;
	case OPT_MODULES: o->modules = optarg; break;
	case OPT_CC: o->cc = optarg; break;
	case OPT_WORKDIR: o->workdir = optarg; break;
	case OPT_DESCRIPTION: o->description = optarg; break;
	case OPT_ID: free(o->id); o->id = xstrdup(optarg); break;
	case 'o': o->output = optarg; break;
	case OPT_SIGN: o->sign = optarg; break;
	case OPT_SIGN_FILE: o->sign_file = optarg; break;
	case OPT_SIGN_KEY: o->sign_key = optarg; break;
	case OPT_SIGN_CERT: o->sign_cert = optarg; break;
	case OPT_REPORT: o->report = optarg; break;
	case 'j': return parse_jobs(optarg, &o->jobs);
	case 'v': o->verbose = true; break;
	case 'q': o->quiet = true; break;
	case OPT_JSON: o->json = true; break;
	case 'h': o->help = true; break;
	case OPT_VERSION: o->version = true; break;
	}
	return NULL;
}

/* What getopt_long() found wrong; its own message would bypass our printing. */
static struct error *bad_option(char **argv, int opt)
{
	const char *what = opt == ':' ? "needs a value" : "is unknown or ambiguous";

	/* optopt is 0 or one of OPT_* for long options: those are the word before optind. */
	if (optopt > 0 && optopt < 256)
		return error_new(ERROR_USAGE, "option -%c %s", optopt, what);
	return error_new(ERROR_USAGE, "option %s %s", argv[optind - 1], what);
}

static struct error *check_signing(const struct options *o, int nr_words)
{
	if (!o->sign_key != !o->sign_cert)
		return error_new(ERROR_USAGE, "--sign-key and --sign-cert go together: %s is missing",
				 o->sign_key ? "--sign-cert" : "--sign-key");
	if (o->sign && !o->sign_key)
		return error_new(ERROR_USAGE, "--sign needs --sign-key and --sign-cert");
	if (o->sign && (nr_words || o->patches.n || o->git || o->id || o->report || o->config || o->image))
		return error_new(ERROR_USAGE, "--sign signs an update that is there, and makes none: no kernel source, diff, --id, --report, "
				 "--config or --image beside it");
	if (o->sign_file && !o->sign)
		return error_new(ERROR_USAGE, "--sign-file is for --sign: what is made is signed by the sign-file of its own build");
	return NULL;
}

static struct error *check(struct options *o, int nr_words, char **words)
{
	struct error *err;

	if (o->help || o->version)
		return NULL;
	err = check_signing(o, nr_words);
	if (err || o->sign)
		return err;
	if (!nr_words)
		return error_new(ERROR_USAGE, "which kernel source? Give the directory");
	if (nr_words > 1)
		return error_new(ERROR_USAGE, "one kernel source, please: %s is too much", words[1]);
	o->source = words[0];
	if (!o->patches.n && !o->git)
		return error_new(ERROR_USAGE, "nothing to do: give --patch=FILE or --git=REV");
	if (o->git && (o->patches.n || o->patch_opts.n))
		return error_new(ERROR_USAGE, "--git makes the diff: no --patch and no --patch-opt beside it");
	if (o->report && o->output && !strcmp(o->report, o->output))
		return error_new(ERROR_USAGE, "--report and --output are the same file");
	if (!o->id)
		return random_id(&o->id);
	if (!update_id_valid(o->id))
		return error_new(ERROR_USAGE, "--id=%s: an update's id is 1 to %d of a-z, 0-9 and _, the first not _",
				 o->id, UPDATE_ID_MAX);
	return NULL;
}

struct error *options_parse(int argc, char **argv, struct options *ret)
{
	struct error *err = NULL;
	int opt;

	*ret = (struct options){.jobs = sysconf(_SC_NPROCESSORS_ONLN)};
	while (!err && (opt = getopt_long(argc, argv, ":o:j:vqh", long_options, NULL)) != -1)
		err = opt == '?' || opt == ':' ? bad_option(argv, opt) : take(ret, opt);
	return err ?: check(ret, argc - optind, argv + optind);
}

void options_free(struct options *o)
{
	strv_free(&o->patches);
	strv_free(&o->patch_opts);
	strv_free(&o->extra_match);
	strv_free(&o->exclude_match);
	free(o->id);
	*o = (struct options){};
}
