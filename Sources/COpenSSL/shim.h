#pragma once
#include <openssl/core_names.h>  // OSSL_MAC_PARAM_DIGEST
#include <openssl/crypto.h>      // CRYPTO_memcmp
#include <openssl/evp.h>         // EVP_MAC, EVP_Q_digest
#include <openssl/params.h>      // OSSL_PARAM
#include <openssl/rand.h>        // RAND_bytes
#include <openssl/err.h>
#include <openssl/ssl.h>         // TLS for calls to sibling services
#include <openssl/x509v3.h>      // X509_VERIFY_PARAM_set1_ip_asc

// SSL_set_tlsext_host_name is a macro.
static inline int upa_ssl_set_server_name(SSL *ssl, const char *name) { return (int)SSL_set_tlsext_host_name(ssl, name); }
