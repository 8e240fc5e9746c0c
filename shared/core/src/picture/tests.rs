//! Pictures of every kind come out right, and whatever is no picture, or too much of one, costs nothing.

use super::decode::measure;
use super::scale::{fit, turned};
use super::*;
use image::codecs::{bmp::BmpEncoder, gif::GifEncoder, png::PngEncoder};
use image::metadata::Orientation;
use image::{ImageDecoder, ImageEncoder};
use proptest::prelude::*;
use std::time::{Duration, Instant};

const RGB: ExtendedColorType = ExtendedColorType::Rgb8;

/// The left half red, the right half blue, a green line on top.
fn motif(width: u32, height: u32) -> Vec<u8> {
    let each = |at: u32| match (at % width, at / width) {
        (_, y) if y < height / 8 => [0, 200, 0],
        (x, _) if x < width / 2 => [220, 0, 0],
        _ => [0, 0, 220],
    };
    (0..width * height).flat_map(each).collect()
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 90).encode(&motif(width, height), width, height, RGB).unwrap();
    out
}

fn png(pixels: &[u8], width: u32, height: u32, colors: ExtendedColorType) -> Vec<u8> {
    let mut out = Vec::new();
    PngEncoder::new(&mut out).write_image(pixels, width, height, colors).unwrap();
    out
}

fn upload(bytes: impl Into<Bytes>) -> Upload {
    Upload { filename: Some("x.jpg".to_owned()), content_type: Some("image".to_owned()), bytes: bytes.into() }
}

async fn develop(bytes: impl Into<Bytes>) -> Result<Developed> {
    Pictures::default().develop(Some(&upload(bytes))).await
}

#[track_caller]
fn refused(result: Result<Developed>) -> String {
    match result.map(|_| ()) {
        Err(Error::Api(error)) if error.code == Code::EditPhotoFile => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Size and pixels of a file that was made.
fn pixels(file: &Bytes) -> (u32, u32, Vec<u8>) {
    let decoder = image::codecs::jpeg::JpegDecoder::new(std::io::Cursor::new(&file[..])).unwrap();
    let (width, height) = decoder.dimensions();
    let mut out = vec![0; decoder.total_bytes() as usize];
    decoder.read_image(&mut out).unwrap();
    (width, height, out)
}

/// Which of the three colors a place has, in percent of the picture's sides.
fn color(file: &Bytes, x: u32, y: u32) -> char {
    let (width, height, pixels) = pixels(file);
    let at = ((height * y / 100 * width + width * x / 100) * 3) as usize;
    match pixels[at..at + 3] {
        [r, g, b] if r > 150 && g < 80 && b < 80 => 'r',
        [r, g, b] if r < 80 && g > 130 && b < 80 => 'g',
        [r, g, b] if r < 80 && g < 80 && b > 150 => 'b',
        [r, g, b] if r > 240 && g > 240 && b > 240 => 'w',
        _ => '?',
    }
}

#[tokio::test]
async fn every_kind_comes_out_in_three_sizes() {
    let (width, height) = (1600, 800);
    let mut gif = Vec::new();
    GifEncoder::new(&mut gif).encode(&motif(width, height), width, height, RGB).unwrap();
    let mut bmp = Vec::new();
    BmpEncoder::new(&mut bmp).encode(&motif(width, height), width, height, RGB).unwrap();
    for file in [jpeg(width, height), png(&motif(width, height), width, height, RGB), gif, bmp] {
        let [big, middle, small] = develop(file).await.unwrap().variants;
        let sizes = [&big, &middle, &small].map(|(width, height, _)| (*width, *height));
        assert_eq!(sizes, [(720, 360), (130, 65), (75, 38)]);
        for (width, height, file) in [&big, &middle, &small] {
            assert_eq!((pixels(file).0, pixels(file).1), (*width, *height));
            assert_eq!([color(file, 20, 60), color(file, 80, 60), color(file, 50, 3)], ['r', 'b', 'g']);
        }
    }
}

#[tokio::test]
async fn a_small_picture_stays_as_small_as_it_is() {
    let [big, middle, small] = develop(jpeg(40, 30)).await.unwrap().variants;
    assert!([big, middle, small].iter().all(|(width, height, _)| (*width, *height) == (40, 30)));
    let [big, ..] = develop(png(&[1, 2, 3], 1, 1, RGB)).await.unwrap().variants;
    assert_eq!((big.0, big.1), (1, 1));
}

#[tokio::test]
async fn what_is_transparent_stands_on_white_and_every_depth_is_read() {
    let clear: Vec<u8> = [0, 0, 0, 0].repeat(64);
    let [big, ..] = develop(png(&clear, 8, 8, ExtendedColorType::Rgba8)).await.unwrap().variants;
    assert_eq!(color(&big.2, 50, 50), 'w');
    let blue: Vec<u8> = [0_u16, 0, 0xdc00].iter().flat_map(|v| v.to_ne_bytes()).collect::<Vec<u8>>().repeat(64);
    let [big, ..] = develop(png(&blue, 8, 8, ExtendedColorType::Rgb16)).await.unwrap().variants;
    assert_eq!(color(&big.2, 50, 50), 'b');
    let [big, ..] = develop(png(&[255; 64], 8, 8, ExtendedColorType::L8)).await.unwrap().variants;
    assert_eq!(color(&big.2, 50, 50), 'w');
}

/// A JPEG file with an EXIF segment that says how it is to be turned.
fn turned_jpeg(orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut file = vec![0xff, 0xd8, 0xff, 0xe1];
    file.extend(((exif.len() + 2) as u16).to_be_bytes());
    file.extend(&exif);
    file.extend(&jpeg(160, 80)[2..]);
    file
}

#[tokio::test]
async fn a_picture_is_put_upright_and_says_nothing_of_where_it_was_taken() {
    // Where red, blue and green stand then: left, right, top, bottom.
    let cases =
        [(1, "rbg?"), (2, "brg?"), (3, "br?g"), (4, "rb?g"), (5, "g?rb"), (6, "?grb"), (7, "?gbr"), (8, "g?br")];
    for (orientation, expected) in cases {
        let file = turned_jpeg(orientation);
        let [big, ..] = develop(file).await.unwrap().variants;
        assert_eq!((big.0, big.1), if orientation < 5 { (160, 80) } else { (80, 160) }, "{orientation}");
        assert!(!big.2.windows(4).any(|four| four == b"Exif"));
        let file = &big.2;
        // The middle of each side, as far out as the green line reaches.
        let sides = [color(file, 3, 60), color(file, 97, 60), color(file, 30, 3), color(file, 30, 97)];
        let green = sides.iter().position(|c| *c == 'g');
        let wanted = expected.chars().position(|c| c == 'g');
        assert_eq!(green, wanted, "{orientation}: {sides:?}");
        for (side, c) in expected.chars().enumerate().filter(|(_, c)| matches!(c, 'r' | 'b')) {
            let probe = [(20, 55), (80, 55), (55, 20), (55, 80)][side];
            assert_eq!(color(file, probe.0, probe.1), c, "{orientation} {side}");
        }
    }
}

#[tokio::test]
async fn what_came_is_no_picture() {
    let pictures = Pictures::default();
    assert!(refused(pictures.develop(None).await).contains("no file came"));
    for (file, why) in [
        (&b""[..], "no file came"),
        (b"just a text that is called holiday.jpg", "no picture"),
        (b"<html><script>alert(1)</script>", "no picture"),
        (b"\xff\xd8\xff", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n", "cannot be read"),
        (b"GIF89a", "cannot be read"),
        (b"BM", "cannot be read"),
        (b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", "cannot be read"),
    ] {
        let told = refused(develop(file).await);
        assert!(told.contains(why), "{told}");
    }
}

#[tokio::test]
async fn a_cut_picture_is_none() {
    for whole in [jpeg(300, 200), turned_jpeg(6), png(&motif(300, 200), 300, 200, RGB)] {
        for part in [1, 2, 3, 5, 8] {
            let cut = whole[..whole.len() * part / 9].to_vec();
            refused(develop(cut).await);
        }
        refused(develop(whole[..whole.len() - 20].to_vec()).await);
    }
    let mut more = jpeg(30, 20);
    more.extend(b"what some cameras write behind the end");
    develop(more).await.unwrap();
}

/// A PNG file that says it is that large, and holds as good as nothing.
fn large_png(width: u32, height: u32) -> Vec<u8> {
    let mut file = png(&[1, 2, 3], 1, 1, RGB);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let check = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&check.to_be_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[tokio::test]
async fn a_picture_as_large_as_a_house_is_refused_by_its_head() {
    let mut jpeg = jpeg(16, 16);
    let frame = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    let gif = b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;".to_vec();
    let mut bmp = Vec::new();
    BmpEncoder::new(&mut bmp).encode(&[0; 48], 4, 4, RGB).unwrap();
    bmp[18..22].copy_from_slice(&30_000_i32.to_le_bytes());
    bmp[22..26].copy_from_slice(&30_000_i32.to_le_bytes());
    let began = Instant::now();
    for bomb in [
        large_png(30_000, 30_000),
        large_png(6000, 4001),
        large_png(u32::MAX, u32::MAX),
        large_png(0, 0),
        jpeg,
        gif,
        bmp,
    ] {
        refused(develop(bomb).await);
    }
    // Deep colors count double.
    let mut deep = large_png(5000, 4700);
    assert!(measure(deep.clone().into()).is_ok());
    deep[24] = 16;
    let check = crc32(&deep[12..29]);
    deep[29..33].copy_from_slice(&check.to_be_bytes());
    assert!(measure(deep.into()).err().unwrap().contains("fewer bits"));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn of_a_gif_with_many_frames_the_first_is_read() {
    let mut gif = Vec::new();
    let mut encoder = GifEncoder::new(&mut gif);
    encoder.encode(&motif(64, 64), 64, 64, RGB).unwrap();
    drop(encoder);
    let body = gif[..gif.len() - 1].to_vec();
    let again = body[body.iter().position(|byte| *byte == b',').unwrap()..].to_vec();
    let mut many = body;
    for _ in 0..2000 {
        many.extend(&again);
    }
    many.push(b';');
    let began = Instant::now();
    let [big, ..] = develop(many).await.unwrap().variants;
    assert_eq!((big.0, big.1, color(&big.2, 20, 60)), (64, 64, 'r'));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn many_at_once_wait_for_room() {
    let pictures = Pictures::default();
    let upload = upload(jpeg(2000, 1500));
    let all = futures_util::future::join_all((0..12).map(|_| pictures.develop(Some(&upload)))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(pictures.room.available_permits(), ROOM as usize);
}

#[test]
fn a_size_keeps_its_shape_and_never_grows() {
    for (size, most, expected) in [
        ((1600, 1200), (720, 720), (720, 540)),
        ((1200, 1600), (720, 720), (540, 720)),
        ((1200, 1600), (75, 225), (75, 100)),
        ((100, 4000), (75, 225), (6, 225)),
        ((16_000, 1), (720, 720), (720, 1)),
        ((1, 16_000), (130, 130), (1, 130)),
        ((75, 225), (75, 225), (75, 225)),
    ] {
        assert_eq!(fit(size, most), expected, "{size:?}");
    }
}

#[test]
fn turning_four_times_is_no_turn() {
    let rgb: Vec<u8> = (0..6 * 3).collect();
    let one = Pixels { width: 3, height: 2, rgb };
    let four = (0..4).fold(one.clone(), |pixels, _| turned(pixels, Orientation::Rotate90));
    assert_eq!(four, one);
    let back = turned(turned(one.clone(), Orientation::Rotate90), Orientation::Rotate270);
    assert_eq!(back, one);
    for itself in [
        Orientation::FlipHorizontal,
        Orientation::FlipVertical,
        Orientation::Rotate180,
        Orientation::Rotate90FlipH,
        Orientation::Rotate270FlipH,
    ] {
        assert_eq!(turned(turned(one.clone(), itself), itself), one, "{itself:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// One color stays that color, whatever the sizes.
    #[test]
    fn a_plain_picture_stays_plain(width in 1u32..400, height in 1u32..400, most in 1u32..200, color: [u8; 3]) {
        let rgb = color.repeat((width * height) as usize);
        let scaled = Pixels { width, height, rgb }.scaled_to((most, most));
        prop_assert!(scaled.width <= most.max(1) && scaled.height <= most.max(1));
        prop_assert!(scaled.rgb.chunks_exact(3).all(|pixel| pixel == color), "{:?}", &scaled.rgb[..3]);
    }

    /// Damaged files and garbage behind a mark: an answer or a refusal, soon, and never more.
    #[test]
    fn whatever_comes_is_answered_or_refused(kind in 0usize..4, at in proptest::collection::vec((0usize..2000, any::<u8>()), 0..40), cut in 0usize..2000) {
        let mut gif = Vec::new();
        GifEncoder::new(&mut gif).encode(&motif(40, 30), 40, 30, RGB).unwrap();
        let mut bmp = Vec::new();
        BmpEncoder::new(&mut bmp).encode(&motif(40, 30), 40, 30, RGB).unwrap();
        let mut file = [jpeg(40, 30), png(&motif(40, 30), 40, 30, RGB), gif, bmp][kind].clone();
        for (at, byte) in at {
            let length = file.len();
            file[at % length] = byte;
        }
        file.truncate(file.len().saturating_sub(cut % 400));
        let began = Instant::now();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        match runtime.block_on(develop(file)) {
            Ok(developed) => prop_assert!(developed.variants.iter().all(|(width, height, _)| *width <= 720 && *height <= 720)),
            Err(Error::Api(error)) => prop_assert_eq!(error.code, Code::EditPhotoFile),
            Err(other) => prop_assert!(false, "{}", other),
        }
        prop_assert!(began.elapsed() < Duration::from_secs(20));
    }
}
