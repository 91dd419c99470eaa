//! The size of uploaded pictures.

/// The first bytes of a picture that are searched for its size. Metadata can precede it.
const MAX_HEADER_BYTES: usize = 1024 * 1024;

/// Returns the width and height of a picture in pixels, or `None` if the file is not a picture of a known format.
pub(crate) fn dimensions(file: &[u8]) -> Option<(usize, usize)> {
    let header = &file[..file.len().min(MAX_HEADER_BYTES)];
    let size = imagesize::blob_size(header).ok()?;
    (size.width > 0 && size.height > 0).then_some((size.width, size.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0";
    const GIF: &[u8] = b"GIF89a\x80\x02\xe0\x01\0\0\0";
    const JPEG: &[u8] =
        b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
    const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0";
    const BMP: &[u8] =
        b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x80\x02\0\0\xe0\x01\0\0\x01\0\x18\0\0\0\0\0";
    const HEIF: &[u8] =
        b"\0\0\0\x14ftypheic\0\0\0\0mif1\0\0\0\x3cmeta\0\0\0\0\0\0\0\x2ciprp\0\0\0\x24ipco\
        \0\0\0\x14ispe\0\0\0\0\0\0\x02\x80\0\0\x01\xe0\0\0\0\x08pixi";

    #[test]
    fn reads_the_size_of_pictures() {
        for picture in [PNG, GIF, JPEG, WEBP, BMP] {
            assert_eq!(dimensions(picture), Some((640, 480)), "{picture:?}");
        }
    }

    #[test]
    fn other_files_have_no_size() {
        for file in [
            &b""[..],
            b"hello",
            b"%PDF-1.7",
            b"\xff\xd8 not really",
            &PNG[..20],
        ] {
            assert_eq!(dimensions(file), None, "{file:?}");
        }
    }

    #[test]
    fn damaged_pictures_are_harmless() {
        // A fixed sequence (xorshift), so that a failure can be repeated.
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = move |below: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            usize::try_from(random >> 33).unwrap() % below
        };
        for picture in [PNG, GIF, JPEG, WEBP, BMP, HEIF] {
            for _ in 0..20_000 {
                let mut file = picture.to_vec();
                for _ in 0..=next(4) {
                    let index = next(file.len());
                    file[index] = [0, 1, 0x7f, 0x80, 0xff, next(256) as u8][next(6)];
                }
                file.truncate(next(file.len() + 1));
                let _ = dimensions(&file);
            }
        }
    }
}
