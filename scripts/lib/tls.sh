# shellcheck shell=bash
# A certificate authority of this run directory, and the certificate nginx shows on loopback.

TLS_DIR=$RUN/tls
CA_CERT=$TLS_DIR/ca.crt

tls_up() {
    mkdir -p "$TLS_DIR"
    if ! tls_valid "$CA_CERT" 90; then
        step "development CA"
        tls_make_ca
        rm -f "$TLS_DIR/server.crt"
    fi
    if ! tls_valid "$TLS_DIR/server.crt" 30; then
        step "server certificate"
        tls_make_server
    fi
}

# tls_valid FILE DAYS: there, and good for that much longer.
tls_valid() { [ -s "$1" ] && openssl x509 -in "$1" -noout -checkend $(($2 * 86400)) >/dev/null; }

tls_key() { (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$1"); }

tls_make_ca() {
    tls_key "$TLS_DIR/ca.key"
    openssl req -x509 -new -key "$TLS_DIR/ca.key" -sha256 -days 1825 -out "$CA_CERT" \
        -subj "/CN=User Profile API development CA" \
        -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign
}

tls_make_server() {
    tls_key "$TLS_DIR/server.key"
    openssl req -new -key "$TLS_DIR/server.key" -subj /CN=localhost |
        openssl x509 -req -sha256 -days 365 -CA "$CA_CERT" -CAkey "$TLS_DIR/ca.key" \
            -set_serial "0x$(openssl rand -hex 16)" -out "$TLS_DIR/server.crt.new" -extfile <(
                cat <<'EXT'
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
EXT
            ) 2>/dev/null
    mv -f "$TLS_DIR/server.crt.new" "$TLS_DIR/server.crt"
}
