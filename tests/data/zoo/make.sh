#!/usr/bin/env bash
# Makes the zoo of certificates with OpenSSL 3: a folder a case.
#
#   tests/data/zoo/make.sh            makes every case anew (keys and signatures change, nothing else)
#
# A case holds tested.pem, and where it needs them intermediates.pem, roots.pem,
# lists.pem and request.json; expected.json says what is to be found and is
# written by a person (or by UPDATE_ZOO=1 cargo test --test zoo, and then read).
# No private key is kept.
set -euo pipefail
zoo=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# --- tools ------------------------------------------------------------------
START=20250101000000Z END=20300101000000Z
serial=4096

cat > ca.cnf <<'CNF'
[ca]
default_ca = one
[one]
database = index
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
preserve = yes
copy_extensions = none
unique_subject = no
email_in_dn = yes
crlnumber = crlnumber
[any]
commonName = optional
countryName = optional
stateOrProvinceName = optional
localityName = optional
organizationName = optional
organizationalUnitName = optional
emailAddress = optional
domainComponent = optional
CNF

key() { # NAME KIND
  case ${2:-p256} in
    rsa*) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:"${2#rsa}" -out "$1.key" 2>/dev/null ;;
    ed25519 | ed448) openssl genpkey -algorithm "$2" -out "$1.key" ;;
    dsa) openssl dsaparam -genkey -noout -out "$1.key" 2048 2>/dev/null ;;
    explicit) openssl ecparam -name prime256v1 -param_enc explicit -genkey -noout -out "$1.key" ;;
    *) openssl ecparam -name "${2/#p256/prime256v1}" -genkey -noout -out "$1.key" ;;
  esac
}

# make NAME ISSUER SUBJECT EXTENSIONS; reads KEY, MD, START, END, SIGOPT, SERIAL, REUSE
make() {
  local name=$1 issuer=$2 subject=$3 extensions=$4
  if [ -n "${REUSE:-}" ]; then cp "$REUSE.key" "$name.key"; else key "$name" "${KEY:-p256}"; fi
  # -multivalue-rdn is the default; a subject of / alone is an empty one.
  openssl req -new -config <(printf '[req]\ndistinguished_name=d\nprompt=no\nutf8=yes\nstring_mask=utf8only\n[d]\nCN=unused\n') \
    -utf8 -key "$name.key" -subj "$subject" -out "$name.csr"
  printf '[e]\n%s\n' "$extensions" > ext.cnf
  [ -n "$extensions" ] || : > ext.cnf
  serial=$((serial + 1))
  : > index; printf '%s\n' "${SERIAL:-$(printf '%04X' $serial)}" > serial
  local sign=(-cert "$issuer.pem" -keyfile "$issuer.key")
  [ "$issuer" != "$name" ] || sign=(-selfsign -keyfile "$name.key")
  local with=(-extensions e -extfile ext.cnf)
  [ -n "$extensions" ] || with=()
  openssl ca -batch -notext -preserveDN -config ca.cnf "${sign[@]}" "${with[@]}" -md "${MD:-sha256}" ${SIGOPT:+-sigopt $SIGOPT} \
    -startdate "$START" -enddate "$END" -in "$name.csr" -out "$name.pem" 2> ca.log || { cat ca.log; exit 1; }
}

CA='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash'
SUB="$CA
authorityKeyIdentifier=keyid"
BOTH='extendedKeyUsage=serverAuth,clientAuth'
end_entity() { # SAN [MORE]
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nsubjectAltName=%s\n%s\n' "$1" "${2-$BOTH}"
}
MAIL='/C=US/O=Contoso/CN=mail.contoso.com'
NAMES='DNS:mail.contoso.com,DNS:autodiscover.contoso.com'

# crl NAME ISSUER FROM UNTIL [SERIAL...]; reads CRLEXT
crl() {
  local name=$1 issuer=$2 from=$3 until=$4
  shift 4
  : > index
  local one
  for one in "$@"; do printf 'R\t300101000000Z\t260101000000Z,keyCompromise\t%s\tunknown\t/CN=x\n' "$one" >> index; done
  printf '01\n' > crlnumber
  printf '[c]\n%s\n' "${CRLEXT:-authorityKeyIdentifier=keyid}" > crlext.cnf
  cat ca.cnf crlext.cnf > both.cnf
  openssl ca -gencrl -config both.cnf -crlexts c -cert "$issuer.pem" -keyfile "$issuer.key" -md "${MD:-sha256}" \
    -crl_lastupdate "$from" -crl_nextupdate "$until" -out "$name.crl" 2> ca.log || { cat ca.log; exit 1; }
}
serial_of() { openssl x509 -noout -serial -in "$1.pem" | sed 's/serial=//'; }

# case_ NAME "what it shows" REQUEST-JSON tested... -- intermediates... -- roots... -- lists...
case_() {
  local folder="$zoo/$1" request=$3 part=tested file
  mkdir -p "$folder"
  rm -f "$folder"/{tested,intermediates,roots,lists}.pem "$folder/request.json"
  printf '{"about": "%s", %s}\n' "$2" "$request" > "$folder/request.json"
  shift 3
  for file in "$@"; do
    if [ "$file" = -- ]; then
      case $part in tested) part=intermediates ;; intermediates) part=roots ;; roots) part=lists ;; esac
    elif [ -e "$file.crl" ] && [ $part = lists ]; then
      cat "$file.crl" >> "$folder/$part.pem"
    else
      cat "$file.pem" >> "$folder/$part.pem"
    fi
  done
}
F='"fqdn": "mail.contoso.com"'
AT='"at": "2026-06-01T00:00:00Z"'
ID='"tls_certificate_name": "<I>CN=Zoo Issuing CA, O=Zoo, C=US<S>CN=mail.contoso.com, O=Contoso, C=US"'

# --- the usual chain ----------------------------------------------------------
make root root '/C=US/O=Zoo/CN=Zoo Root' "$CA"
make ica root '/C=US/O=Zoo/CN=Zoo Issuing CA' "$SUB"
make good ica "$MAIL" "$(end_entity "$NAMES")"
crl root root 20260101000000Z 20270101000000Z
crl ica ica 20260101000000Z 20270101000000Z
case_ good 'nothing is wrong, and the lists say that nothing was revoked' "$AT, $F" good -- ica -- root -- ica root
case_ good-without-lists 'nothing is wrong as far as can be told' "$AT, $F" good -- ica -- root

# --- duplicates ----------------------------------------------------------------
START=20240601000000Z END=20260701000000Z make older ica "$MAIL" "$(end_entity "$NAMES")"
START=20240101000000Z END=20260101000000Z make expired ica "$MAIL" "$(end_entity "$NAMES")"
crl revoked ica 20260101000000Z 20270101000000Z "$(serial_of older)"
case_ duplicate-keyless 'a botched import left a copy without key beside the right one' \
  "$AT, $ID, \"certificates\": [{\"has_private_key\": true, \"services\": \"SMTP\"}, {\"has_private_key\": false}]" good older -- ica -- root -- ica root
case_ duplicate-revoked 'the older one was revoked, the newer one has the same names' \
  "$AT, $ID, \"certificates\": [{\"has_private_key\": true}, {\"has_private_key\": true}]" older good -- ica -- root -- revoked root
case_ duplicate-expired 'the older one has expired' "$AT, $ID" expired good -- ica -- root -- ica root
case_ duplicate-renewed 'both are good; the older ends soon' "\"at\": \"2026-06-10T00:00:00Z\", $ID" older good -- ica -- root -- ica root
case_ duplicate-unasked 'no connector asks for them; still two that nobody can tell apart' "$AT" older good -- ica -- root -- ica root
case_ duplicate-same-twice 'the same certificate from two places is no duplicate' "$AT, $ID" good good -- ica -- root -- ica root
make namesake root '/C=US/O=Zoo/CN=Zoo Issuing CA' "$SUB"

# --- missing, untrusted ------------------------------------------------------------
make sub ica '/C=US/O=Zoo/CN=Zoo Second CA' "$SUB
authorityInfoAccess=caIssuers;URI:http://zoo.example/issuing.cer"
make second sub "$MAIL" "$(end_entity "$NAMES")
authorityInfoAccess=caIssuers;URI:http://zoo.example/second.cer"
case_ missing-second-intermediate 'two intermediates are needed and one is there' "$AT, $F" second -- sub -- root
case_ missing-intermediate 'no intermediate is there' "$AT, $F" second -- -- root
case_ two-intermediates 'both are there, in the wrong order' "$AT, $F" second -- ica sub -- root
case_ missing-namesake 'a CA of the right name is there, with another key' "$AT, $F" good -- namesake -- root
case_ untrusted-root 'the chain is whole, its root is not trusted' "$AT, $F" good -- ica root -- namesake
make stranger stranger '/C=US/O=Other/CN=Other Root' "$CA"
case_ untrusted-root-other 'another root is trusted' "$AT, $F" good -- ica root -- stranger

# --- self-signed -----------------------------------------------------------------
EXCHANGE='basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth
subjectAltName=DNS:EX01,DNS:EX01.contoso.local'
KEY=rsa2048 make exchange exchange '/CN=EX01' "$EXCHANGE"
case_ self-signed-exchange 'the certificate that Exchange makes for itself' "$AT, \"certificates\": [{\"has_private_key\": true, \"services\": \"IMAP, POP, SMTP\"}]" exchange
case_ self-signed-asked-by-name 'a peer will validate it' "$AT, \"fqdn\": \"ex01.contoso.local\"" exchange -- -- root
case_ self-signed-among-roots 'a peer that trusts this very certificate' "$AT, \"fqdn\": \"ex01.contoso.local\"" exchange -- -- exchange
case_ self-signed-outside 'a connector with RequireTLS presents it to a host outside' \
  "$AT, \"send_connectors\": [{\"name\": \"To Office 365\", \"require_tls\": true, \"smart_hosts\": [\"contoso-com.mail.protection.outlook.com\"], \"tls_certificate_name\": \"<I>CN=EX01<S>CN=EX01\"}]" exchange
case_ self-signed-inside 'a connector with RequireTLS presents it to a host inside' \
  "$AT, \"send_connectors\": [{\"name\": \"To Edge\", \"require_tls\": true, \"smart_hosts\": [\"edge01.contoso.local\"], \"tls_certificate_name\": \"<I>CN=EX01<S>CN=EX01\"}]" exchange
KEY=rsa2048 make ca-server ca-server '/CN=Contoso Root CA' "$CA"
case_ root-under-test 'a trusted root is tested itself' "$AT" ca-server -- -- ca-server

# --- names ---------------------------------------------------------------------
make wildcard ica '/O=Contoso/CN=*.contoso.com' "$(end_entity 'DNS:*.contoso.com,DNS:contoso.com')"
for pair in wildcard:mail.contoso.com wildcard-apex:contoso.com wildcard-deep:a.mail.contoso.com wildcard-sibling:mailcontoso.com; do
  case_ "${pair%%:*}" "*.contoso.com asked for ${pair#*:}" "$AT, \"fqdn\": \"${pair#*:}\"" wildcard -- ica -- root
done
make partial ica "$MAIL" "$(end_entity 'DNS:m*.contoso.com,DNS:*.*.com,DNS:mail.*.com')"
case_ wildcard-partial 'wildcards that stand elsewhere than for the whole leftmost label' "$AT, $F" partial -- ica -- root
make cn ica "$MAIL" "$(end_entity x | sed '/subjectAltName/d')"
case_ common-name-only 'the name stands in the common name alone' "$AT, $F" cn -- ica -- root
case_ common-name-only-unasked 'likewise, and nobody asks' "$AT" cn -- ica -- root
case_ common-name-mismatch 'another name stands in the common name alone' "$AT, \"fqdn\": \"smtp.contoso.com\"" cn -- ica -- root
make san-wins ica "$MAIL" "$(end_entity 'DNS:smtp.contoso.com')"
case_ common-name-ignored 'the common name would fit, but there are alternate names' "$AT, $F" san-wins -- ica -- root
case_ name-mismatch 'another name is asked for' "$AT, \"fqdn\": \"mail.fabrikam.com\"" good -- ica -- root
make ip ica "$MAIL" "$(end_entity 'IP:192.0.2.1,IP:2001:db8::1,DNS:192.0.2.2')"
case_ ip-address 'an address among the alternate names' "$AT, \"fqdn\": \"192.0.2.1\"" ip -- ica -- root
case_ ip-address-v6 'likewise, in another spelling' "$AT, \"fqdn\": \"[2001:DB8:0::1]\"" ip -- ica -- root
case_ ip-address-as-dns 'an address that stands among the DNS names' "$AT, \"fqdn\": \"192.0.2.2\"" ip -- ica -- root
make idn ica "$MAIL" "$(end_entity 'DNS:xn--mnchen-3ya.contoso.com')"
case_ idn 'an international name, asked for as people write it' "$AT, \"fqdn\": \"M\\u00fcnchen.contoso.com\"" idn -- ica -- root
make underscore ica "$MAIL" "$(end_entity 'DNS:ex_01.contoso.com,DNS:mail.contoso.com')"
case_ issuer-rule-underscore 'a host name with an underscore' "$AT, \"fqdn\": \"ex_01.contoso.com\"" underscore -- ica -- root
make public ica '/CN=*.com' "$(end_entity 'DNS:*.com')"
case_ wildcard-top-level 'a wildcard over a whole top-level domain' "$AT, \"fqdn\": \"contoso.com\"" public -- ica -- root
make country ica '/CN=*.co.uk' "$(end_entity 'DNS:*.co.uk')"
case_ issuer-rule-wildcard 'a wildcard over what a registry divides among many' "$AT, \"fqdn\": \"contoso.co.uk\"" country -- ica -- root

# --- validity -------------------------------------------------------------------
case_ expired 'expired; the number of days is told' "$AT, $F" expired -- ica -- root
START=20270101000000Z make future ica "$MAIL" "$(end_entity "$NAMES")"
case_ not-yet-valid 'valid only later' "$AT, $F" future -- ica -- root
case_ expires-soon 'thirty days are left but for a second' "\"at\": \"2026-06-01T00:00:01Z\", $F" older -- ica -- root
case_ expires-later 'thirty days are left' "$AT, $F" older -- ica -- root
case_ last-second 'the last second of validity counts' "\"at\": \"2026-07-01T00:00:00.900Z\", $F" older -- ica -- root
case_ one-second-over 'the next one does not' "\"at\": \"2026-07-01T00:00:01Z\", $F" older -- ica -- root
END=20260101000000Z make ica-expired root '/C=US/O=Zoo/CN=Zoo Old CA' "$SUB"
make under-expired ica-expired "$MAIL" "$(end_entity "$NAMES")"
case_ expired-intermediate 'the certificate is valid, its issuer is not' "$AT, $F" under-expired -- ica-expired -- root
END=20260101000000Z make root-expired root-expired '/C=US/O=Zoo/CN=Zoo Old Root' "$CA"
make under-old-root root-expired "$MAIL" "$(end_entity "$NAMES")"
case_ expired-root 'the root has expired' "$AT, $F" under-old-root -- -- root-expired
END=20260101000000Z REUSE=ica make ica-old root '/C=US/O=Zoo/CN=Zoo Issuing CA' "$SUB"
case_ expired-intermediate-renewed 'the expired CA lies beside its renewal with the same key' "$AT, $F" good -- ica-old ica -- root

# --- cross-signing, loops, namesakes ----------------------------------------------
REUSE=root make cross stranger '/C=US/O=Zoo/CN=Zoo Root' "$SUB"
case_ cross-signed 'the root is not trusted, its cross-signed twin leads to one that is' "$AT, $F" good -- ica root cross -- stranger
END=20260101000000Z REUSE=root make root-ended root-ended '/C=US/O=Zoo/CN=Zoo Root' "$CA"
case_ cross-signed-expired-root 'the trusted root has expired, the cross-signed way is good' "$AT, $F" good -- ica cross -- root-ended stranger
REUSE=stranger make cross-back root '/C=US/O=Other/CN=Other Root' "$SUB"
case_ loop 'two CAs issued one another, and none is trusted' "$AT, $F" good -- ica cross cross-back -- namesake
NOID=$(end_entity "$NAMES" | sed 's/\(KeyIdentifier\)=.*/\1=none/')
make anonymous ica "$MAIL" "$NOID"
case_ namesakes 'issuers of one name, no key identifier to tell them apart' "$AT, $F" anonymous -- namesake ica -- root
REUSE=ica make other-id root '/C=US/O=Zoo/CN=Zoo Issuing CA' "$(printf '%s' "$SUB" | sed 's/subjectKeyIdentifier=hash/subjectKeyIdentifier=00112233/')"
case_ wrong-key-identifier 'the key fits, the identifiers do not' "$AT, $F" good -- other-id -- root

# --- CAs ------------------------------------------------------------------------
make noca root '/C=US/O=Zoo/CN=Zoo No CA' "$(printf '%s' "$SUB" | sed 's/CA:TRUE/CA:FALSE/')"
make under-noca noca "$MAIL" "$(end_entity "$NAMES")"
case_ not-a-ca 'the issuer says that it is no CA' "$AT, $F" under-noca -- noca -- root
make nobc root '/C=US/O=Zoo/CN=Zoo Silent CA' "$(printf '%s' "$SUB" | sed '/basicConstraints/d')"
make under-nobc nobc "$MAIL" "$(end_entity "$NAMES")"
case_ not-a-ca-silent 'the issuer does not say that it is a CA' "$AT, $F" under-nobc -- nobc -- root
make under-leaf good "$MAIL" "$(end_entity "$NAMES")"
case_ not-a-ca-leaf 'a server certificate issued another one' "$AT, \"fqdn\": \"mail.contoso.com\"" under-leaf -- good ica -- root
make nosign root '/C=US/O=Zoo/CN=Zoo Mute CA' "$(printf '%s' "$SUB" | sed 's/keyCertSign,//')"
make under-nosign nosign "$MAIL" "$(end_entity "$NAMES")"
case_ key-usage-ca 'the issuer may not sign certificates' "$AT, $F" under-nosign -- nosign -- root
make zero root '/C=US/O=Zoo/CN=Zoo Last CA' "$(printf '%s' "$SUB" | sed 's/CA:TRUE/CA:TRUE,pathlen:0/')"
make below-zero zero '/C=US/O=Zoo/CN=Zoo Forbidden CA' "$SUB"
make under-zero zero "$MAIL" "$(end_entity "$NAMES")"
make too-deep below-zero "$MAIL" "$(end_entity "$NAMES")"
case_ path-length 'a path length that is kept' "$AT, $F" under-zero -- zero -- root
case_ path-too-long 'a path length that is not' "$AT, $F" too-deep -- zero below-zero -- root
make usage root '/C=US/O=Zoo/CN=Zoo Client CA' "$SUB
extendedKeyUsage=clientAuth"
make under-usage usage "$MAIL" "$(end_entity "$NAMES")"
case_ server-auth-missing-ca 'the issuer may issue for clients only' "$AT, $F" under-usage -- usage -- root
KEY=rsa2048 make v1-root v1-root '/C=US/O=Zoo/CN=Zoo Ancient Root' ''
make under-v1 v1-root "$MAIL" "$(end_entity "$NAMES" | sed 's/authorityKeyIdentifier=.*/authorityKeyIdentifier=none/')"
case_ version-1-root 'a root from before version 3' "$AT, $F" under-v1 -- -- v1-root
make v1-ca root '/C=US/O=Zoo/CN=Zoo Ancient CA' ''
make under-v1-ca v1-ca "$MAIL" "$(end_entity "$NAMES" | sed 's/authorityKeyIdentifier=.*/authorityKeyIdentifier=none/')"
case_ version-1-ca 'an intermediate of version 1 cannot be known for a CA' "$AT, $F" under-v1-ca -- v1-ca -- root
chain=root
for number in 1 2 3 4 5 6 7 8 9 10 11 12; do
  make deep$number $chain "/C=US/O=Zoo/CN=Zoo CA $number" "$SUB"
  chain=deep$number
done
make under-deep deep12 "$MAIL" "$(end_entity "$NAMES")"
case_ path-not-followed 'twelve intermediates' "$AT, $F" under-deep -- deep1 deep2 deep3 deep4 deep5 deep6 deep7 deep8 deep9 deep10 deep11 deep12 -- root

# --- name constraints ---------------------------------------------------------------
constrained() { # CASE ABOUT CONSTRAINT SAN [SUBJECT]
  make nc root "/C=US/O=Zoo/CN=Zoo Constrained CA" "$SUB
nameConstraints=critical,$3"
  make nc-leaf nc "${5:-$MAIL}" "$(end_entity "$4")"
  case_ "$1" "$2" "$AT, $F" nc-leaf -- nc -- root
}
constrained name-constraint-kept 'names within what is permitted' 'permitted;DNS:contoso.com' "$NAMES"
constrained name-constraint-dns 'one name is not within what is permitted' 'permitted;DNS:contoso.com' "$NAMES,DNS:mail.fabrikam.com"
constrained name-constraint-suffix 'a name that ends alike is not within' 'permitted;DNS:contoso.com' "$NAMES,DNS:mail.notcontoso.com"
constrained name-constraint-excluded 'a name that is excluded' 'excluded;DNS:autodiscover.contoso.com' "$NAMES"
constrained name-constraint-wildcard 'a wildcard reaches into what is excluded' 'excluded;DNS:secret.contoso.com' 'DNS:mail.contoso.com,DNS:*.contoso.com'
constrained name-constraint-ip 'an address that is not permitted' 'permitted;IP:10.0.0.0/255.0.0.0' "$NAMES,IP:192.0.2.1"
constrained name-constraint-ip-kept 'an address that is' 'permitted;IP:10.0.0.0/255.0.0.0' "$NAMES,IP:10.1.2.3"
constrained name-constraint-email 'a mailbox that is excluded' 'excluded;email:contoso.com' "$NAMES,email:a@contoso.com"
constrained name-constraint-email-subject 'a mailbox in the subject that is excluded' 'excluded;email:contoso.com' "$NAMES" "$MAIL/emailAddress=a@contoso.com"
constrained name-constraint-common-name 'the common name serves as host name, and is excluded' 'excluded;DNS:contoso.com' 'email:a@example.com'
constrained name-constraint-period 'a leading period: only below it' 'permitted;DNS:.contoso.com' "$NAMES"
printf '[zoo]\nC=US\nO=Contoso\n' > dir.cnf
make nc-dir root "/C=US/O=Zoo/CN=Zoo Constrained CA" "$SUB
nameConstraints=critical,permitted;dirName:zoo
[zoo]
C=US
O=Contoso"
make dir-kept nc-dir "$MAIL" "$(end_entity "$NAMES")"
make dir-broken nc-dir '/C=US/O=Fabrikam/CN=mail.contoso.com' "$(end_entity "$NAMES")"
case_ name-constraint-directory-kept 'a subject within the permitted directory' "$AT, $F" dir-kept -- nc-dir -- root
case_ name-constraint-directory 'a subject outside it' "$AT, $F" dir-broken -- nc-dir -- root
make nc-root nc-root '/C=US/O=Zoo/CN=Zoo Constrained Root' "$CA
nameConstraints=critical,permitted;DNS:fabrikam.com"
make under-nc-root nc-root "$MAIL" "$(end_entity "$NAMES")"
case_ name-constraint-root 'the constraint stands in the root' "$AT, $F" under-nc-root -- -- nc-root

# --- what it is for -------------------------------------------------------------------
make client ica "$MAIL" "$(end_entity "$NAMES" extendedKeyUsage=clientAuth)"
case_ server-auth-missing 'for clients only, and a peer asks for a server' "$AT, $F" client -- ica -- root
case_ server-auth-missing-unasked 'for clients only, and nobody asks' "$AT" client -- ica -- root
make server ica "$MAIL" "$(end_entity "$NAMES" extendedKeyUsage=serverAuth)"
case_ client-auth-missing 'for servers only, as public CAs issue now; tested as a server' "$AT, $F" server -- ica -- root
case_ client-auth-missing-outbound 'for servers only, and a connector presents it' "$AT, $ID" server -- ica -- root
make any ica "$MAIL" "$(end_entity "$NAMES" extendedKeyUsage=anyExtendedKeyUsage)"
case_ any-purpose 'for any purpose' "$AT, $F" any -- ica -- root
make no-usage ica "$MAIL" "$(end_entity "$NAMES" | sed 's/digitalSignature,keyEncipherment/nonRepudiation/')"
case_ key-usage 'a key usage that TLS has no use for' "$AT, $F" no-usage -- ica -- root
KEY=rsa2048 make encipher ica "$MAIL" "$(end_entity "$NAMES" | sed 's/digitalSignature,//')"
case_ key-usage-encipherment 'a key usage for the old RSA key exchange alone' "$AT, $F" encipher -- ica -- root

# --- keys and signatures ------------------------------------------------------------------
KEY=rsa1024 make weak ica "$MAIL" "$(end_entity "$NAMES")"
case_ weak-key 'RSA with 1024 bits' "$AT, $F" weak -- ica -- root
KEY=rsa1024 make weak-ca root '/C=US/O=Zoo/CN=Zoo Weak CA' "$SUB"
make under-weak weak-ca "$MAIL" "$(end_entity "$NAMES")"
case_ weak-key-ca 'the issuer has 1024 bits' "$AT, $F" under-weak -- weak-ca -- root
KEY=rsa2048 make rsa-root rsa-root '/C=US/O=Zoo/CN=Zoo RSA Root' "$CA"
MD=sha1 make sha1 rsa-root "$MAIL" "$(end_entity "$NAMES")"
case_ weak-signature 'signed with SHA-1' "$AT, $F" sha1 -- -- rsa-root
MD=md5 make md5 rsa-root "$MAIL" "$(end_entity "$NAMES")"
case_ weak-signature-md5 'signed with MD5' "$AT, $F" md5 -- -- rsa-root
MD=sha1 KEY=rsa2048 make sha1-root sha1-root '/C=US/O=Zoo/CN=Zoo SHA-1 Root' "$CA"
make under-sha1-root sha1-root "$MAIL" "$(end_entity "$NAMES")"
case_ weak-signature-root 'a root signed with SHA-1 is as good as any' "$AT, $F" under-sha1-root -- -- sha1-root
MD=sha1 KEY=rsa2048 make sha1-self sha1-self '/CN=EX01' "$EXCHANGE"
case_ weak-signature-self-signed 'so is a self-signed certificate' "$AT" sha1-self
for kind in sha384 sha512; do
  MD=$kind make rsa-$kind rsa-root "$MAIL" "$(end_entity "$NAMES")"
  case_ signature-rsa-$kind "RSA with $kind" "$AT, $F" rsa-$kind -- -- rsa-root
done
for kind in secp384r1:sha384 secp521r1:sha512 ed25519:null prime256v1:sha384; do
  curve=${kind%%:*} MD=${kind#*:}
  KEY=$curve make of-$curve of-$curve "/C=US/O=Zoo/CN=Zoo $curve" "$CA"
  KEY=$curve make by-$curve of-$curve "$MAIL" "$(end_entity "$NAMES")"
  case_ "signature-$curve" "signed by $curve with $MD" "$AT, $F" by-$curve -- -- of-$curve
done
unset MD
SIGOPT='rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest' make pss rsa-root "$MAIL" "$(end_entity "$NAMES")"
case_ signature-pss 'RSA-PSS as Windows writes it' "$AT, $F" pss -- -- rsa-root
SIGOPT='rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64' make pss-odd rsa-root "$MAIL" "$(end_entity "$NAMES")"
case_ signature-not-checked-pss 'RSA-PSS with a salt of unusual length' "$AT, $F" pss-odd -- -- rsa-root
KEY=dsa make dsa-root dsa-root '/C=US/O=Zoo/CN=Zoo DSA Root' "$CA"
make under-dsa dsa-root "$MAIL" "$(end_entity "$NAMES")"
case_ signature-not-checked-dsa 'signed with DSA' "$AT, $F" under-dsa -- -- dsa-root
KEY=ed448 MD=null make ed448 ed448 '/C=US/O=Zoo/CN=Zoo Ed448 Root' "$CA"
MD=null make under-ed448 ed448 "$MAIL" "$(end_entity "$NAMES")"
case_ signature-not-checked-ed448 'signed with Ed448' "$AT, $F" under-ed448 -- -- ed448
KEY=explicit make explicit ica "$MAIL" "$(end_entity "$NAMES")"
case_ signature-not-checked-curve 'a curve with parameters of its own' "$AT, $F" explicit -- ica -- root
KEY=secp192k1 make odd-curve ica "$MAIL" "$(end_entity "$NAMES")"
case_ signature-not-checked-key 'a key on a curve nobody uses' "$AT, $F" odd-curve -- ica -- root
# The last byte of the signature, changed.
openssl x509 -in good.pem -outform DER -out changed.der
last=$(tail -c 1 changed.der | od -An -tu1 | tr -d ' ')
{ head -c -1 changed.der; printf "\\x$(printf %02x $(((last + 1) % 256)))"; } > changed2.der
openssl x509 -inform DER -in changed2.der -out changed.pem
case_ bad-signature 'the signature was changed' "$AT, $F" changed -- ica -- root
openssl x509 -in exchange.pem -outform DER -out changed.der
last=$(tail -c 1 changed.der | od -An -tu1 | tr -d ' ')
{ head -c -1 changed.der; printf "\\x$(printf %02x $(((last + 1) % 256)))"; } > changed2.der
openssl x509 -inform DER -in changed2.der -out changed-self.pem
case_ bad-signature-self-signed 'the signature of a self-signed one was changed' "$AT" changed-self

# --- extensions -----------------------------------------------------------------------
make critical ica "$MAIL" "$(end_entity "$NAMES")
1.2.3.4=critical,ASN1:UTF8String:unknown"
case_ unknown-critical 'a critical extension that nobody knows' "$AT, $F" critical -- ica -- root
make not-critical ica "$MAIL" "$(end_entity "$NAMES")
1.2.3.4=ASN1:UTF8String:unknown"
case_ unknown-not-critical 'the same, not critical' "$AT, $F" not-critical -- ica -- root
make critical-ca root '/C=US/O=Zoo/CN=Zoo Odd CA' "$SUB
1.2.3.4=critical,ASN1:UTF8String:unknown"
make under-critical critical-ca "$MAIL" "$(end_entity "$NAMES")"
case_ unknown-critical-ca 'the critical extension stands in the issuer' "$AT, $F" under-critical -- critical-ca -- root
make bad-san ica "$MAIL" "$(end_entity x | sed 's/subjectAltName=.*/2.5.29.17=DER:0500/')"
case_ malformed-names 'alternate names that cannot be read' "$AT, $F" bad-san -- ica -- root
make bad-nc root '/C=US/O=Zoo/CN=Zoo Empty CA' "$SUB
2.5.29.30=critical,DER:3000"
make under-bad-nc bad-nc "$MAIL" "$(end_entity "$NAMES")"
case_ malformed-constraints 'name constraints that say nothing' "$AT, $F" under-bad-nc -- bad-nc -- root
make demand root '/C=US/O=Zoo/CN=Zoo Strict CA' "$SUB
certificatePolicies=1.2.3.4.5
policyConstraints=critical,requireExplicitPolicy:0"
make no-policy demand "$MAIL" "$(end_entity "$NAMES")"
make with-policy demand "$MAIL" "$(end_entity "$NAMES")
certificatePolicies=1.2.3.4.5"
make other-policy demand "$MAIL" "$(end_entity "$NAMES")
certificatePolicies=1.2.3.4.6"
case_ policy-missing 'a policy is demanded and there is none' "$AT, $F" no-policy -- demand -- root
case_ policy-kept 'the policy that is demanded is there' "$AT, $F" with-policy -- demand -- root
case_ policy-other 'another policy is there' "$AT, $F" other-policy -- demand -- root
SERIAL=00 make serial-zero ica "$MAIL" "$(end_entity "$NAMES")"
case_ issuer-rule-serial 'a serial number of zero' "$AT, $F" serial-zero -- ica -- root
make no-id ica "$MAIL" "$(end_entity "$NAMES" | sed 's/authorityKeyIdentifier=.*/authorityKeyIdentifier=none/')"
case_ issuer-rule-key-identifier 'no authority key identifier' "$AT, $F" no-id -- ica -- root

# --- revocation -----------------------------------------------------------------------
crl revoked-good ica 20260101000000Z 20270101000000Z "$(serial_of good)"
crl revoked-ica root 20260101000000Z 20270101000000Z "$(serial_of ica)"
crl stale ica 20250101000000Z 20260101000000Z
crl stale-revoked ica 20250101000000Z 20260101000000Z "$(serial_of good)"
crl early ica 20260901000000Z 20270101000000Z "$(serial_of good)"
crl forged namesake 20260101000000Z 20270101000000Z "$(serial_of good)"
CRLEXT='1.2.3.4=critical,ASN1:UTF8String:x' crl odd ica 20260101000000Z 20270101000000Z "$(serial_of good)"
CRLEXT='2.5.29.27=critical,ASN1:INTEGER:1' crl delta ica 20260101000000Z 20270101000000Z
CRLEXT='issuingDistributionPoint=critical,@idp
[idp]
indirectCRL=TRUE' crl indirect ica 20260101000000Z 20270101000000Z
CRLEXT='issuingDistributionPoint=critical,@idp
[idp]
onlyuser=TRUE' crl only-users ica 20260101000000Z 20270101000000Z
CRLEXT='issuingDistributionPoint=critical,@idp
[idp]
onlyCA=TRUE' crl only-cas ica 20260101000000Z 20270101000000Z
case_ revoked 'revoked' "$AT, $F" good -- ica -- root -- revoked-good root
case_ revoked-intermediate 'the issuer was revoked' "$AT, $F" good -- ica -- root -- ica revoked-ica
case_ revoked-by-stale-list 'on a list that has run out: revoked all the same' "$AT, $F" good -- ica -- root -- stale-revoked root
case_ revocation-unknown-stale 'a list that has run out and does not hold it' "$AT, $F" good -- ica -- root -- stale root
case_ revocation-unknown-early 'a list from later' "$AT, $F" good -- ica -- root -- early root
case_ revocation-unknown-forged 'a list that the issuer did not sign' "$AT, $F" good -- ica -- root -- forged root
case_ revocation-unknown-critical 'a list with a critical extension that nobody knows' "$AT, $F" good -- ica -- root -- odd root
case_ revocation-unknown-delta 'a delta list' "$AT, $F" good -- ica -- root -- delta root
case_ revocation-unknown-indirect 'an indirect list' "$AT, $F" good -- ica -- root -- indirect root
case_ revocation-unknown-other 'lists of other CAs only' "$AT, $F" good -- ica -- root -- root
case_ revocation-scope-users 'a list for certificates that are no CA' "$AT, $F" good -- ica -- root -- only-users root
case_ revocation-scope-cas 'a list for CAs' "$AT, $F" good -- ica -- root -- only-cas root
make no-crl-sign root '/C=US/O=Zoo/CN=Zoo Listless CA' "$(printf '%s' "$SUB" | sed 's/,cRLSign//')"
make under-no-crl-sign no-crl-sign "$MAIL" "$(end_entity "$NAMES")"
crl by-listless no-crl-sign 20260101000000Z 20270101000000Z
case_ revocation-unknown-key-usage 'a list by a CA that may not sign lists' "$AT, $F" under-no-crl-sign -- no-crl-sign -- root -- by-listless root

# --- TlsCertificateName ---------------------------------------------------------------
named() { case_ "$1" "$2" "$AT, \"tls_certificate_name\": \"$3\"" good older -- ica -- root -- ica root; }
case_ tls-name-one 'one certificate answers' "$AT, $ID" good wildcard -- ica -- root -- ica root
named tls-name-rfc4514 'the other spelling, and two answer' '<I>C=us, O=ZOO, CN=zoo issuing ca<S>CN=#0C106D61696C2E636F6E746F736F2E636F6D,o=Contoso,2.5.4.6=US'
named tls-name-none 'none answers' '<I>CN=Zoo Issuing CA, O=Zoo, C=US<S>CN=smtp.contoso.com, O=Contoso, C=US'
named tls-name-garbage 'a host name stands where issuer and subject belong' 'mail.contoso.com'
LONG='/C=US/O=Contoso Department of Very Long Names and Titles of Sixty Char/OU=Another Department of Very Long Names and Titles of Sixty/OU=A Third Department of Very Long Names and Titles of Sixty Char/CN=mail.contoso.com'
make long ica "$LONG" "$(end_entity "$NAMES")"
case_ tls-name-too-long 'too long for Edge' \
  "$AT, \"tls_certificate_name\": \"<I>CN=Zoo Issuing CA, O=Zoo, C=US<S>CN=mail.contoso.com, OU=A Third Department of Very Long Names and Titles of Sixty Char, OU=Another Department of Very Long Names and Titles of Sixty, O=Contoso Department of Very Long Names and Titles of Sixty Char, C=US\"" long -- ica -- root -- ica root
case_ not-enabled-for-smtp 'a connector counts on it, and it is not bound to SMTP' \
  "$AT, $ID, \"certificates\": [{\"has_private_key\": true, \"services\": \"IIS\"}]" good -- ica -- root -- ica root
case_ not-enabled-unasked 'no connector counts on it' "$AT, \"certificates\": [{\"has_private_key\": true, \"services\": \"None\"}]" good -- ica -- root -- ica root
case_ no-private-key 'no key' "$AT, \"certificates\": [{\"has_private_key\": false}]" good -- ica -- root -- ica root
KEY=rsa2048 make self-mail self-mail "$MAIL" "$(printf '%s' "$EXCHANGE" | sed "s/subjectAltName=.*/subjectAltName=$NAMES/")"
case_ selection-by-fqdn 'without TlsCertificateName: valid, from a CA, newest' \
  "$AT, \"send_connectors\": [{\"name\": \"Internet\", \"fqdn\": \"mail.contoso.com\", \"tls_certificate_name\": \"\"}]" expired self-mail older good wildcard -- ica -- root -- ica root
case_ selection-by-connectors 'two connectors, one by name and one whose name is not known' \
  "$AT, \"send_connectors\": [{\"name\": \"A\", \"tls_certificate_name\": \"<I>CN=Zoo Issuing CA, O=Zoo, C=US<S>CN=*.contoso.com, O=Contoso\"}, {\"name\": \"B\", \"tls_certificate_name\": null}]" good wildcard -- ica -- root -- ica root

# --- what the public suite x509-limbo also asks ----------------------------------------
leaf_case() { # CASE ABOUT EXTENSIONS
  make one-leaf ica "${SUBJECT:-$MAIL}" "$3"
  case_ "$1" "$2" "$AT, $F" one-leaf -- ica -- root
}
leaf_case server-auth-missing-empty 'an extended key usage that lists nothing' "$(end_entity "$NAMES" 2.5.29.37=DER:3000)"
leaf_case issuer-rule-no-purpose 'no extended key usage: for any purpose' "$(end_entity "$NAMES" '')"
leaf_case issuer-rule-critical-purpose 'an extended key usage marked critical' "$(end_entity "$NAMES" "extendedKeyUsage=critical,serverAuth,clientAuth")"
leaf_case unknown-critical-access 'authority information access marked critical, which it must not be' "$(end_entity "$NAMES")
authorityInfoAccess=critical,caIssuers;URI:http://zoo.example/issuing.cer"
leaf_case issuer-rule-access 'authority information access that cannot be read' "$(end_entity "$NAMES")
1.3.6.1.5.5.7.1.1=DER:0500"
leaf_case issuer-rule-constraints-in-leaf 'name constraints in a certificate that is no CA' "$(end_entity "$NAMES")
nameConstraints=critical,permitted;DNS:contoso.com"
leaf_case issuer-rule-ca-as-leaf 'a CA that is a server' "$(end_entity "$NAMES" | sed 's/CA:FALSE/CA:TRUE/')"
leaf_case issuer-rule-key-usage 'no CA, but it may sign certificates' "$(end_entity "$NAMES" | sed 's/=critical,digital/=critical,keyCertSign,digital/')"
leaf_case issuer-rule-critical-names 'alternate names marked critical beside a subject' "$(end_entity "critical,$NAMES")"
SUBJECT=/ leaf_case empty-subject 'no subject, and the alternate names are not marked critical' "$(end_entity "$NAMES")"
leaf_case name-mismatch-unicode 'an alternate name in UTF-8, which no DNS name is' "$(end_entity x | sed 's/subjectAltName=.*/2.5.29.17=DER:3010820E62C3BC6368657265692E6578616D/')"
SERIAL=7F0102030405060708090A0B0C0D0E0F101112131415 leaf_case issuer-rule-serial-long 'a serial number of 22 bytes' "$(end_entity "$NAMES")"
KEY=prime192v1 leaf_case weak-key-curve 'a key on P-192' "$(end_entity "$NAMES")"
make zero-again zero '/C=US/O=Zoo/CN=Zoo Last CA' "$(printf '%s' "$SUB" | sed 's/CA:TRUE/CA:TRUE,pathlen:0/')"
make under-again zero-again "$MAIL" "$(end_entity "$NAMES")"
case_ path-length-self-issued 'a CA that issued itself does not count' "$AT, $F" under-again -- zero-again zero -- root
case_ anchor-not-self-signed 'the trusted certificate is an intermediate' "$AT, $F" good -- -- ica
make odd-root odd-root '/C=US/O=Zoo/CN=Zoo Odd Root' "$CA
1.2.3.4=critical,ASN1:UTF8String:unknown"
make under-odd-root odd-root "$MAIL" "$(end_entity "$NAMES")"
case_ unknown-critical-root 'the critical extension stands in the root' "$AT, $F" under-odd-root -- -- odd-root
case_ unknown-critical-unrelated 'it stands in a root that nothing here needs' "$AT, $F" good -- ica critical-ca -- root odd-root
constrained name-constraint-malformed 'a constraint with a wildcard in it' 'permitted;DNS:*.contoso.com' "$NAMES"
constrained name-constraint-other 'a constraint of a kind that nobody compares, and such a name' 'excluded;otherName:1.2.3.4;UTF8:x' "$NAMES,otherName:1.2.3.4;UTF8:y"
constrained name-constraint-other-unused 'such a constraint, and no such name' 'excluded;otherName:1.2.3.4;UTF8:x' "$NAMES"
make nc-both root "/C=US/O=Zoo/CN=Zoo Constrained CA" "$SUB
nameConstraints=critical,permitted;DNS:contoso.com,excluded;DNS:mail.contoso.com"
make under-nc-both nc-both "$MAIL" "$(end_entity "$NAMES")"
case_ name-constraint-both 'permitted and excluded: what is excluded wins' "$AT, $F" under-nc-both -- nc-both -- root
make lax root '/C=US/O=Zoo/CN=Zoo Lax CA' "$(printf '%s' "$SUB" | sed 's/=critical,CA/=CA/')"
make under-lax lax "$MAIL" "$(end_entity "$NAMES")"
case_ issuer-rule-not-critical 'basic constraints that are not marked critical' "$AT, $F" under-lax -- lax -- root

# --- rolled over, weak in other places ---------------------------------------------------
MD=sha1 make rollover rsa-root '/C=US/O=Zoo/CN=Zoo RSA Root' "$SUB"
make under-rollover rollover "$MAIL" "$(end_entity "$NAMES")"
case_ weak-signature-rollover 'the new key of a root, vouched for by the old one with SHA-1' "$AT, $F" under-rollover -- rollover -- rsa-root
usage_case() { # CASE KIND USAGE ABOUT REQUEST
  KEY=$2 make usage-leaf ica "$MAIL" "$(end_entity "$NAMES" | sed "s/digitalSignature,keyEncipherment/$3/")"
  case_ "$1" "$4" "$5" usage-leaf -- ica -- root
}
usage_case key-usage-elliptic p256 keyEncipherment 'the old RSA key exchange is allowed, and the key is no RSA key' "$AT, $F"
usage_case key-usage-elliptic-agreement p256 keyAgreement 'a key exchange that no peer has any more' "$AT, $F"
usage_case key-usage-agreement rsa2048 keyAgreement 'a key agreement, which no RSA key can do' "$AT, $F"
usage_case key-usage-outbound rsa2048 keyEncipherment 'a client proves its key by a signature' "$AT, $ID"
START=20260501000000Z make newest ica "$MAIL" "$(end_entity "$NAMES")"
case_ selection-by-fqdn-unfit 'by name Exchange considers only what has a key and SMTP: the newest has no key, the next no SMTP' \
  "$AT, $F, \"certificates\": [{\"has_private_key\": false}, {\"has_private_key\": true, \"services\": \"IIS\"}, {\"has_private_key\": true, \"services\": \"IIS, SMTP\"}, {}]" newest good older expired -- ica -- root -- ica root
MD=md5 KEY=rsa2048 make md5-root md5-root '/C=US/O=Zoo/CN=Zoo MD5 Root' "$CA"
make under-md5-root md5-root "$MAIL" "$(end_entity "$NAMES")"
case_ weak-signature-md5-root 'a root signed with MD5' "$AT, $F" under-md5-root -- -- md5-root
make under-rsa rsa-root "$MAIL" "$(end_entity "$NAMES")"
MD=sha1 crl rsa-sha1 rsa-root 20260101000000Z 20270101000000Z
MD=md5 crl rsa-md5 rsa-root 20260101000000Z 20270101000000Z
case_ weak-signature-list 'a revocation list signed with SHA-1 answers, and this is said' "$AT, $F" under-rsa -- -- rsa-root -- rsa-sha1
case_ revocation-unknown-md5 'a revocation list signed with MD5 answers nothing' "$AT, $F" under-rsa -- -- rsa-root -- rsa-md5
case_ duplicate-not-enabled 'the renewal is there and good, and not bound to SMTP' \
  "$AT, $ID, \"certificates\": [{\"has_private_key\": true, \"services\": \"SMTP\"}, {\"has_private_key\": true, \"services\": \"IIS\"}]" expired good -- ica -- root -- ica root
END=20260101000000Z make ca-namesake root "$MAIL" "$SUB"
make under-namesake ca-namesake "$MAIL" "$(end_entity "$NAMES")"
case_ expired-intermediate-namesake 'an expired CA with the very subject of the certificate below it' "$AT, $F" under-namesake -- ca-namesake -- root

# --- files ------------------------------------------------------------------------------
case_ file-chain 'a file with the whole chain: one is tested, one serves as intermediate' "$AT, $F" good ica -- -- root -- ica root
folder="$zoo/file-text"
case_ file-text 'text around the blocks, a key and a broken block among them' "$AT, $F" good -- ica -- root -- ica root
{
  printf 'Bag Attributes\n    friendlyName: mail\nsubject=CN = mail.contoso.com\n'
  cat good.pem
  printf -- '-----BEGIN CERTIFICATE-----\nMIIB broken\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  printf -- '-----BEGIN EXAMPLE KEY-----\nAAAA\n-----END EXAMPLE KEY-----\ntail\n'
} > "$folder/tested.pem"
folder="$zoo/file-p7b"
case_ file-p7b 'PKCS #7 as Windows exports it' "$AT, $F" good -- -- root -- ica root
openssl crl2pkcs7 -nocrl -certfile good.pem -certfile ica.pem -out "$folder/tested.pem"
folder="$zoo/file-der"
case_ file-der 'DER' "$AT, $F" good -- ica -- root -- ica root
openssl x509 -in good.pem -outform DER -out "$folder/tested.pem"
folder="$zoo/file-utf16"
case_ file-utf16 'PEM as PowerShell 5.1 redirects it' "$AT, $F" good -- ica -- root -- ica root
{ printf '\xff\xfe'; iconv -f ASCII -t UTF-16LE good.pem; } > "$folder/tested.pem"
