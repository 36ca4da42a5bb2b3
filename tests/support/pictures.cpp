// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/pictures.h"

#include <stdexcept>

#include <png.h>
#include <turbojpeg.h>

namespace mantissa::test {

Bytes pngBytes(int height, int width, int channels, const Bytes& pixels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.height = static_cast<png_uint_32>(height);
    image.width = static_cast<png_uint_32>(width);
    image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t size = 0;
    if (png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr) == 0) {
        throw std::runtime_error(image.message);
    }
    Bytes bytes(size);
    if (png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr) == 0) {
        throw std::runtime_error(image.message);
    }
    bytes.resize(size);
    return bytes;
}

Bytes jpegBytes(int height, int width, int channels, const Bytes& pixels) {
    unsigned char* data = nullptr;
    unsigned long size = 0;
    void* const encoder = tjInitCompress();
    const int failed =
        tjCompress2(encoder, pixels.data(), width, 0, height, channels == 1 ? TJPF_GRAY : TJPF_RGB,
                    &data, &size, channels == 1 ? TJSAMP_GRAY : TJSAMP_444, 100, 0);
    const Bytes bytes(data, data + (failed == 0 ? size : 0));
    tjFree(data);
    tjDestroy(encoder);
    if (failed != 0) {
        throw std::runtime_error("cannot encode a JPEG");
    }
    return bytes;
}

}  // namespace mantissa::test
