//! Small pictures with a palette of 256 colours, as PNG in a data URI, without dependencies.

use super::palette::sequential;

/// Palette index of a cell without a value.
pub(crate) const UNKNOWN: u8 = 255;
/// Largest palette index of the sequential map.
pub(crate) const TOP: u8 = 254;

const UNKNOWN_COLOR: [u8; 3] = [0xec, 0xec, 0xec];

/// Returns the data URI of a picture. `pixels` are palette indices, row by row from the top.
///
/// The indices 0 to [`TOP`] are the sequential map; [`UNKNOWN`] is light grey. The data is stored
/// uncompressed, with 4/3 bytes per pixel. `pixels` must fill whole rows of `width`.
///
/// # References
/// PNG specification (W3C, third edition, 2025), RFC 1950 and RFC 1951 (stored blocks).
pub(crate) fn data_uri(pixels: &[u8], width: usize) -> String {
    format!("data:image/png;base64,{}", base64(&encoded(pixels, width)))
}

fn encoded(pixels: &[u8], width: usize) -> Vec<u8> {
    let height = pixels.len() / width.max(1);
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    // 8 bits, palette, deflate, standard filters, no interlacing.
    header.extend([8, 3, 0, 0, 0]);
    // Each row starts with its filter; 0 is no filter.
    let rows = pixels.chunks(width.max(1));
    let raw: Vec<u8> = rows.flat_map(|row| [&[0], row].concat()).collect();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(chunk(b"IHDR", &header));
    file.extend(chunk(b"PLTE", &palette()));
    file.extend(chunk(b"IDAT", &zlib_stored(&raw)));
    file.extend(chunk(b"IEND", &[]));
    file
}

fn palette() -> Vec<u8> {
    let map = (0..=TOP).map(|k| sequential(f64::from(k) / f64::from(TOP)));
    map.chain([UNKNOWN_COLOR]).flatten().collect()
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind, data].concat();
    let mut chunk = (data.len() as u32).to_be_bytes().to_vec();
    chunk.extend(&body);
    chunk.extend(crc32(&body).to_be_bytes());
    chunk
}

fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = data.chunks(0xffff).collect();
    for (k, block) in blocks.iter().enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from(k + 1 == blocks.len()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(*block);
    }
    stream.extend(adler32(data).to_be_bytes());
    stream
}

fn crc32(data: &[u8]) -> u32 {
    let step = |crc: u32| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    let byte = |crc: u32, b: &u8| (0..8).fold(crc ^ u32::from(*b), |c, _| step(c));
    !data.iter().fold(!0, byte)
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    (b << 16) | a
}

/// Encodes bytes as Base64 with padding (RFC 4648, section 4).
pub(crate) fn base64(data: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(data.len().div_ceil(3) * 4);
    for group in data.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for k in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * k) & 63) as usize];
            text.push(if k > group.len() {
                '='
            } else {
                char::from(digit)
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_agree_with_their_published_check_values() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn base64_agrees_with_the_vectors_of_rfc_4648() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn stored_blocks_hold_the_data() {
        let data: Vec<u8> = (0..70_000_u32).map(|k| (k % 251) as u8).collect();
        let stream = zlib_stored(&data);
        let (first, rest) = stream[2..].split_at(5 + 0xffff);
        assert_eq!(first[..5], [0, 0xff, 0xff, 0, 0]);
        assert_eq!(first[5..], data[..0xffff]);
        assert_eq!(rest[0], 1);
        assert_eq!(rest[5..rest.len() - 4], data[0xffff..]);
    }

    #[test]
    fn the_palette_is_full() {
        let colors = palette();
        assert_eq!(colors.len(), 3 * 256);
        assert_eq!(colors[3 * usize::from(UNKNOWN)..], UNKNOWN_COLOR);
    }
}
