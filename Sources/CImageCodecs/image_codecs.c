#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

struct jpeg_failure {
    struct jpeg_error_mgr manager;
    jmp_buf escape;
    struct image_codecs_buffer *out;
};

static void jpeg_failed(j_common_ptr info) {
    struct jpeg_failure *failure = (struct jpeg_failure *)info->err;
    char text[JMSG_LENGTH_MAX];
    (*info->err->format_message)(info, text);
    snprintf(failure->out->problem, sizeof failure->out->problem, "%s", text);
    longjmp(failure->escape, 1);
}

static void jpeg_be_silent(j_common_ptr info) { (void)info; }

// The library's own memory destination loses track of its buffer when a call fails; this one keeps it where the caller frees it.
struct jpeg_memory {
    struct jpeg_destination_mgr manager;
    struct image_codecs_buffer *out;
};

static void jpeg_grow(j_compress_ptr info) {
    struct jpeg_memory *memory = (struct jpeg_memory *)info->dest;
    size_t count = memory->out->count;
    size_t larger = count == 0 ? 16384 : count * 2;
    uint8_t *bytes = realloc(memory->out->bytes, larger);
    if (bytes == NULL) {
        snprintf(memory->out->problem, sizeof memory->out->problem, "no memory");
        longjmp(((struct jpeg_failure *)info->err)->escape, 1);
    }
    memory->out->bytes = bytes;
    memory->out->count = larger;
    memory->manager.next_output_byte = bytes + count;
    memory->manager.free_in_buffer = larger - count;
}

static boolean jpeg_grow_and_go_on(j_compress_ptr info) {
    jpeg_grow(info);
    return TRUE;
}

static void jpeg_finish(j_compress_ptr info) {
    struct jpeg_memory *memory = (struct jpeg_memory *)info->dest;
    memory->out->count -= memory->manager.free_in_buffer;
}

int image_codecs_jpeg(const uint8_t *samples, uint32_t width, uint32_t height, int quality, struct image_codecs_buffer *out) {
    struct jpeg_compress_struct info;
    struct jpeg_failure failure;
    struct jpeg_memory memory;
    memset(out, 0, sizeof *out);
    memset(&info, 0, sizeof info);
    failure.out = out;
    info.err = jpeg_std_error(&failure.manager);
    failure.manager.error_exit = jpeg_failed;
    failure.manager.output_message = jpeg_be_silent;
    if (setjmp(failure.escape)) {
        jpeg_destroy_compress(&info);
        free(out->bytes);
        out->bytes = NULL;
        out->count = 0;
        return -1;
    }
    jpeg_create_compress(&info);
    memory.out = out;
    memory.manager.init_destination = jpeg_grow;
    memory.manager.empty_output_buffer = jpeg_grow_and_go_on;
    memory.manager.term_destination = jpeg_finish;
    info.dest = &memory.manager;
    info.image_width = width;
    info.image_height = height;
    info.input_components = 1;
    info.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        JSAMPROW row = (JSAMPROW)(samples + (size_t)info.next_scanline * width);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return 0;
}

int image_codecs_png(const uint8_t *samples, uint32_t width, uint32_t height, struct image_codecs_buffer *out) {
    png_image image;
    memset(out, 0, sizeof *out);
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_GRAY;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    out->bytes = malloc(size);
    if (out->bytes != NULL && png_image_write_to_memory(&image, out->bytes, &size, 0, samples, (png_int_32)width, NULL)) {
        out->count = size;
        return 0;
    }
    snprintf(out->problem, sizeof out->problem, "%s", out->bytes == NULL ? "no memory" : image.message);
    png_image_free(&image);
    free(out->bytes);
    out->bytes = NULL;
    return -1;
}
