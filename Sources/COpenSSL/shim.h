#pragma once
#include <openssl/core_names.h>  // OSSL_MAC_PARAM_DIGEST
#include <openssl/crypto.h>      // CRYPTO_memcmp
#include <openssl/evp.h>         // EVP_MAC, EVP_Q_digest
#include <openssl/params.h>      // OSSL_PARAM
#include <openssl/rand.h>        // RAND_bytes
