// Pictures in memory, for Swift: libjpeg ends a failed call by longjmp, which must not pass through Swift.
#ifndef C_IMAGE_CODECS_H
#define C_IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

/// An encoded picture; `bytes` is to be freed by the caller with `free`.
struct image_codecs_buffer {
    uint8_t *bytes;
    size_t count;
    /// Why encoding failed.
    char problem[200];
};

/// Encodes `width` x `height` gray samples, row by row, as a baseline JPEG. Returns 0, or -1 with the problem and no bytes.
int image_codecs_jpeg(const uint8_t *samples, uint32_t width, uint32_t height, int quality, struct image_codecs_buffer *out);

/// Encodes `width` x `height` gray samples, row by row, as a PNG. Returns 0, or -1 with the problem and no bytes.
int image_codecs_png(const uint8_t *samples, uint32_t width, uint32_t height, struct image_codecs_buffer *out);

#endif
