#include "CDeflate.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

/// Of the levels the fastest but one: numbers as text become a third already.
static const int level = 2;
/// Largest window, with the wrapper of gzip.
static const int window_bits = 15 + 16;

size_t deflate_gzip_bound(size_t count) {
    // The bound of zlib for any settings, and the wrapper.
    return count + (count >> 3) + (count >> 6) + 64;
}

size_t deflate_gzip(const uint8_t *bytes, size_t count, uint8_t *out, size_t capacity) {
    if (count > UINT_MAX || capacity > UINT_MAX) return 0;
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (deflateInit2(&stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (Bytef *)bytes;
    stream.avail_in = (uInt)count;
    stream.next_out = out;
    stream.avail_out = (uInt)capacity;
    int result = deflate(&stream, Z_FINISH);
    size_t size = (size_t)stream.total_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END ? size : 0;
}
