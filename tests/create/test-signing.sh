#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Signed modules: what is packed is signed by the key that was given, and nothing else of it is other than without; what cannot be used to
# sign with is told before anything is compiled, and the key is nowhere but where it was.
. "$(dirname "$0")/lib.sh"

# key NAME [openssl option...]: NAME.key and NAME.pem
key()
{
	name=$1
	shift
	openssl req -x509 -newkey rsa:2048 -subj "/O=Test/CN=$name" -keyout "$name.key" -out "$name.pem" -days 3000 "$@" \
		>openssl.log 2>&1 || die "openssl: $(cat openssl.log)"
}

key good -nodes
key other -nodes
key locked -passout pass:"a b'c"
key ec -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256
openssl x509 -in good.pem -outform der -out good.der
: >index.txt
# As a certificate has not been, and will be: only "openssl ca" lets one choose the dates.
for times in old:20200101000000Z:20210101000000Z young:20900101000000Z:20950101000000Z; do
	name=${times%%:*}
	times=${times#*:}
	openssl req -new -key good.key -subj "/CN=$name" -out request.pem >openssl.log 2>&1 &&
		printf '[ca]\ndefault_ca=b\n[b]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\npolicy=p\ndefault_md=sha256\n[p]\ncommonName=supplied\n' >ca.cnf &&
		openssl ca -batch -config ca.cnf -selfsign -keyfile good.key -in request.pem -startdate "${times%:*}" \
			-enddate "${times#*:}" -notext -out "$name.pem" >openssl.log 2>&1 || die "openssl: $(cat openssl.log)"
done

diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >fix.diff
mkdir empty
# sign KEY CERT [OPTION...]
sign()
{
	key=$1 cert=$2
	shift 2
	# shellcheck disable=SC2086
	create --patch=fix.diff --id=sign --sign-key="$key" --sign-cert="$cert" "$@" $kernel "$KSPLICE_SOURCE"
}
# before_work STATUS TEXT...: as wants, and that it is said at once: with a work directory that cannot be used, nobody gets further.
before_work()
{
	wants "$@"
	grep -q 'workdir\|not-a-directory' out && fail "the work directory was asked for first"
}
early="--workdir=$work/fix.diff/not-a-directory"

case_is "a key without its certificate"
create --patch=fix.diff --sign-key=good.key "$KSPLICE_SOURCE"; wants 2 'go together: --sign-cert is missing'
case_is "a certificate without its key"
create --patch=fix.diff --sign-cert=good.pem "$KSPLICE_SOURCE"; wants 2 'go together: --sign-key is missing'
case_is "no such certificate"
sign good.key none.pem $early; before_work 1 'none.pem: No such file'
case_is "not a certificate"
sign good.key fix.diff $early; before_work 1 'fix.diff: no X.509 certificate'
case_is "the key in place of the certificate"
sign good.key good.key $early; before_work 1 'good.key: no X.509 certificate'
case_is "a certificate that has expired"
sign good.key old.pem $early; before_work 1 'old.pem: this certificate has expired on Jan  1 00:00:00 2021'
case_is "a certificate that is not valid yet"
sign good.key young.pem $early; before_work 1 'young.pem: this certificate is not valid before Jan  1 00:00:00 2090'
case_is "no such key"
sign none.key good.pem $early; before_work 1 'none.key: .*No such file'
case_is "a key that is a directory"
sign empty good.pem $early; before_work 1 'empty: '
case_is "not a key"
sign good.pem good.pem $early; before_work 1 'good.pem: no private key in PEM form'
case_is "the key of another certificate"
sign other.key good.pem $early; before_work 1 'other.key: is not the key of the certificate good.pem (CN=good,O=Test)'
case_is "a passphrase that is not there"
sign locked.key locked.pem $early; before_work 1 'locked.key: this key is protected by a passphrase: .*KBUILD_SIGN_PIN'
export KBUILD_SIGN_PIN=wrong
case_is "a passphrase that is another"
sign locked.key locked.pem $early; before_work 1 'KBUILD_SIGN_PIN in the environment is not the passphrase'
grep -q wrong out && fail "the passphrase is printed"
case_is "a kernel that knows no signatures"
sed 's/^CONFIG_MODULE_SIG=y/# CONFIG_MODULE_SIG is not set/' "$KSPLICE_CONFIG" >"${KSPLICE_CONFIG##*/}"
create --patch=fix.diff --sign-key=good.key --sign-cert=good.pem --config="${KSPLICE_CONFIG##*/}" --symvers="$KSPLICE_SYMVERS" $early \
	"$KSPLICE_SOURCE"
before_work 2 'knows no signatures of modules (CONFIG_MODULE_SIG)'
rm "${KSPLICE_CONFIG##*/}"
case_is "nothing was made"
[ ! -e ksplice-sign.tar.gz ] || fail "there is an update"

# sign-file asks it itself; it is tried when it has been built, before a unit is compiled.
case_is "a token that is not there"
sign "pkcs11:token=there-is-none;object=x" good.pem -v
wants 1 'cannot sign with the key in the token' 'preparing the kernel.s build'
grep -q 'compiling the unpatched source' out && fail "the source was compiled first"

# One that fails as sign-file does, and tells its key.
printf '#!/bin/sh\necho "sign-file: $2" >&2\nexit 1\n' >tells-key
chmod +x tells-key
# signed_by NAME: the modules of ksplice-sign.tar.gz, by the certificate NAME.pem
signed_by()
{
	rm -rf ksplice-sign && tar -xzf ksplice-sign.tar.gz || fail "no archive"
	for module in ksplice-sign/*.ko; do
		python3 - "$module" <<'EOT' || fail "$module has no signature"
import struct, sys
data = open(sys.argv[1], "rb").read()
magic = b"~Module signature appended~\n"
assert data.endswith(magic)
size, = struct.unpack(">I", data[-len(magic) - 4:-len(magic)])
end = len(data) - len(magic) - 12
open("content", "wb").write(data[:end - size])
open("signature", "wb").write(data[end - size:end])
EOT
		openssl cms -verify -binary -inform der -in signature -content content -certfile "$1.pem" -nointern -noverify \
			-out /dev/null >openssl.log 2>&1 || fail "$module: not a signature of $1: $(cat openssl.log)"
		[ "$(modinfo -F sig_hashalgo "$module")" = sha256 ] || fail "$module: not with sha256"
		[ "$(modinfo -F signer "$module")" = "$1" ] || fail "$module: signed by $(modinfo -F signer "$module")"
		cp content "plain-${module##*/}"
	done
	[ "$(find ksplice-sign -name '*.ko' | wc -l)" = 3 ] || fail "not three modules"
}

case_is "signed"
SOURCE_DATE_EPOCH=1 sign good.key good.pem --json
wants 0 '"signature": {$' '"issuer": "CN=good,O=Test",$' '"key_id": null,$' '"hash": "sha256"$'
[ $failures = 0 ] || finish
signed_by good
serial=$(openssl x509 -in good.pem -noout -serial | sed 's/.*=//' | tr A-F a-f)
grep -q "\"serial\": \"$serial\"" out || fail "another serial number than $serial"

case_is "the same without a signature"
# shellcheck disable=SC2086
SOURCE_DATE_EPOCH=1 create --patch=fix.diff --id=sign --json $kernel "$KSPLICE_SOURCE"
wants 0 '"signature": null'
rm -rf ksplice-sign && tar -xzf ksplice-sign.tar.gz
for module in ksplice-sign/*.ko; do
	cmp "$module" "plain-${module##*/}" || fail "$module is other than what was signed"
done

case_is "signed afterwards"
sign_file=$shared/build/scripts/sign-file
cp ksplice-sign.tar.gz plain.tar.gz
SOURCE_DATE_EPOCH=1 sign good.key good.pem
wants 0
mv ksplice-sign.tar.gz at-once.tar.gz
SOURCE_DATE_EPOCH=1 create --sign=plain.tar.gz --sign-key=good.key --sign-cert=good.pem --sign-file="$sign_file" -o ksplice-sign.tar.gz
wants 0 '^ksplice-sign.tar.gz: update sign for' '^signed by CN=good,O=Test, key id'
signed_by good
# Also the time at which it was made, as the epoch says so.
cmp at-once.tar.gz ksplice-sign.tar.gz || fail "it is another file than when signed at once"
case_is "signed anew, in its place"
create --sign=ksplice-sign.tar.gz --sign-key=other.key --sign-cert=other.pem --sign-file="$sign_file" --json
wants 0 '"id": "sign"' '"issuer": "CN=other,O=Test"' '"file": "ksplice-sign.tar.gz"'
signed_by other
for module in ksplice-sign/*.ko; do
	[ "$(grep -c 'Module signature appended' "$module")" = 1 ] || fail "$module has two signatures"
done
"$KSPLICE_BUILD/ksplice-apply/ksplice-view" --file=ksplice-sign.tar.gz >out 2>&1
status=$?
wants 0 '^signed by .* of CN=other,O=Test$'
case_is "signed afterwards, and cannot be"
cp ksplice-sign.tar.gz before.tar.gz
create --sign=ksplice-sign.tar.gz --sign-key=good.key --sign-cert=good.pem --sign-file="$work/none"
wants 1 'none: No such file'
create --sign=ksplice-sign.tar.gz --sign-key=good.key --sign-cert=good.pem --sign-file=/bin/true
wants 1 'ksplice.ko: '
create --sign=ksplice-sign.tar.gz --sign-key=other.key --sign-cert=good.pem --sign-file="$sign_file"
wants 1 'is not the key of the certificate'
create --sign=fix.diff --sign-key=good.key --sign-cert=good.pem --sign-file="$sign_file"
wants 1 'fix.diff: '
create --sign=ksplice-sign.tar.gz --sign-key='pkcs11:token=t;object=o?pin-value=123456' --sign-cert=good.pem --sign-file="$work/tells-key"
wants 1 'sign-file: pkcs11:token=t;object=o?pin-value=\*\*\*\*\*\*$'
grep -q 123456 out && fail "the PIN is printed"
cmp before.tar.gz ksplice-sign.tar.gz || fail "the update is not what it was"
case_is "signed afterwards: words"
create --sign=ksplice-sign.tar.gz; wants 2 'needs --sign-key and --sign-cert'
create --sign=a --sign-key=b --sign-cert=c "$KSPLICE_SOURCE"; wants 2 'makes none: no kernel source'
create --patch=fix.diff --sign-file=x "$KSPLICE_SOURCE"; wants 2 'sign-file is for --sign'

case_is "certificate in DER form, key with a passphrase, and who reads it"
sign good.key good.der --report=report.html
wants 0 '^signed by CN=good,O=Test, key id [0-9a-f]\{40\}$'
grep -q 'CN=good,O=Test' report.html || fail "the report does not tell who has signed"
sha=$(sha256sum <"$shared/update/signed/ksplice.ko" | cut -d' ' -f1)
grep -q "$sha" report.html || fail "the report has other digests"
tar -xzOf ksplice-sign.tar.gz ksplice-sign/ksplice.ko | sha256sum | grep -q "$sha" || fail "another core than that is packed"
export KBUILD_SIGN_PIN="a b'c"
sign locked.key locked.pem
wants 0
signed_by locked
case_is "a key on an elliptic curve"
sign ec.key ec.pem
wants 0
signed_by ec

case_is "the key stays where it is"
for name in good locked ec; do
	line=$(sed -n 3p $name.key)
	grep -rqF -- "$line" "$shared" ksplice-sign.tar.gz ksplice-sign out && fail "$name.key was copied"
done
grep -rqF -- "a b'c" "$shared" ksplice-sign out && fail "the passphrase was copied"
finish
