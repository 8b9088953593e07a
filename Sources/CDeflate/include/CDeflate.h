// gzip in memory, for Swift: zlib's set-up is a macro.
#ifndef C_DEFLATE_H
#define C_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

/// Returns the largest size that `count` bytes can have as gzip.
size_t deflate_gzip_bound(size_t count);

/// Writes `count` bytes as gzip (RFC 1952) to `out`, which has room for `capacity`. Returns the size, or 0 when it did not fit.
size_t deflate_gzip(const uint8_t *bytes, size_t count, uint8_t *out, size_t capacity);

#endif
