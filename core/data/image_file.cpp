// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/image_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include <png.h>
#include <turbojpeg.h>

namespace mantissa::data {
namespace {

constexpr std::string_view kReplace = "replace the file or take it out";

tl::unexpected<Error> damaged(std::string what, const std::string& where) {
    return fail(ErrorCode::Corrupt, std::move(what), where, std::string(kReplace));
}

Result<void> checkSize(int height, int width, const std::string& where) {
    if (height < 1 || width < 1 || height > kLargestImageSide || width > kLargestImageSide) {
        return fail(ErrorCode::Unsupported,
                    "is an image of " + std::to_string(height) + " x " + std::to_string(width) +
                        " pixels (allowed: sides of 1 to " + std::to_string(kLargestImageSide) +
                        ")",
                    where, "scale the images of the set to one small size first");
    }
    return {};
}

std::size_t bytesOf(const Picture& picture) {
    return 3 * static_cast<std::size_t>(picture.height) * static_cast<std::size_t>(picture.width);
}

Result<Picture> decodeJpeg(std::span<const std::uint8_t> file, const std::string& where) {
    struct Destroy {
        void operator()(void* handle) const { tjDestroy(handle); }
    };
    const std::unique_ptr<void, Destroy> decoder(tjInitDecompress());
    if (decoder == nullptr) {
        return fail(ErrorCode::Io, "libjpeg cannot start: out of memory", where);
    }
    Picture picture;
    int subsampling = 0;
    int colours = 0;
    if (tjDecompressHeader3(decoder.get(), file.data(), file.size(), &picture.width,
                            &picture.height, &subsampling, &colours) != 0) {
        return damaged(std::string("is no whole JPEG: ") + tjGetErrorStr2(decoder.get()), where);
    }
    if (auto size = checkSize(picture.height, picture.width, where); !size) {
        return tl::unexpected(size.error());
    }
    if (colours != TJCS_GRAY && colours != TJCS_YCbCr && colours != TJCS_RGB) {
        return fail(ErrorCode::Unsupported, "is a JPEG in CMYK (allowed: grey, YCbCr, RGB)", where,
                    "convert it to RGB");
    }
    picture.grey = colours == TJCS_GRAY;
    picture.rgb.resize(bytesOf(picture));
    // A warning, such as a premature end, is an error here: half an image is none. The accurate
    // inverse DCT has one result on every machine.
    if (tjDecompress2(decoder.get(), file.data(), file.size(), picture.rgb.data(), picture.width, 0,
                      picture.height, TJPF_RGB, TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING) != 0) {
        return damaged(std::string("is a damaged JPEG: ") + tjGetErrorStr2(decoder.get()), where);
    }
    return picture;
}

Result<Picture> decodePng(std::span<const std::uint8_t> file, const std::string& where) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    struct Free {
        void operator()(png_image* used) const { png_image_free(used); }
    };
    const std::unique_ptr<png_image, Free> release(&image);
    const auto failed = [&image] { return PNG_IMAGE_FAILED(image); };
    if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0 || failed()) {
        return damaged(std::string("is no whole PNG: ") + image.message, where);
    }
    constexpr png_uint_32 kMost = 1U << 30U;  // so that the message below can say any side
    Picture picture;
    picture.height = static_cast<int>(std::min(image.height, kMost));
    picture.width = static_cast<int>(std::min(image.width, kMost));
    if (auto size = checkSize(picture.height, picture.width, where); !size) {
        return tl::unexpected(size.error());
    }
    picture.grey = (image.format & PNG_FORMAT_FLAG_COLOR) == 0;
    picture.rgb.resize(bytesOf(picture));
    image.format = PNG_FORMAT_RGB;
    const png_color black{0, 0, 0};
    if (png_image_finish_read(&image, &black, picture.rgb.data(), 0, nullptr) == 0 || failed()) {
        return damaged(std::string("is a damaged PNG: ") + image.message, where);
    }
    return picture;
}

bool startsWith(std::span<const std::uint8_t> file, std::span<const std::uint8_t> magic) {
    return file.size() >= magic.size() && std::equal(magic.begin(), magic.end(), file.begin());
}

}  // namespace

bool isImageName(std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) {
        return false;
    }
    std::string ending(name.substr(dot + 1));
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return ending == "jpg" || ending == "jpeg" || ending == "png";
}

Result<Picture> decodeImage(std::span<const std::uint8_t> file, const std::string& where) {
    constexpr std::array<std::uint8_t, 3> kJpeg{0xFF, 0xD8, 0xFF};
    constexpr std::array<std::uint8_t, 8> kPng{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    if (startsWith(file, kJpeg)) {
        return decodeJpeg(file, where);
    }
    if (startsWith(file, kPng)) {
        return decodePng(file, where);
    }
    return damaged("is neither a JPEG nor a PNG, whatever its name says", where);
}

}  // namespace mantissa::data
