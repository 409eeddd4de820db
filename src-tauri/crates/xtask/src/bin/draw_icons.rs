//! Draws the whole icon set from one SVG: `draw-icons FOLDER` reads `FOLDER/source.svg` and writes beside it.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context as _, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// The pictures that the bundler asks for by name, with their side in pixels.
const PICTURES: [(&str, u32); 4] =
    [("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)];
/// Side of the pictures in the tray: the systems scale them down.
const TRAY: u32 = 64;
/// Sizes inside the Windows icon.
const ICO: [u32; 6] = [16, 24, 32, 48, 64, 256];
/// Sizes inside the macOS icon.
const ICNS: [u32; 6] = [16, 32, 64, 128, 256, 512];

/// What is laid over the drawing in the tray: nothing, an arrow that comes in, a mark of alarm. The ring around each
/// badge is cut out, so that it stands apart from the drawing on every colour of tray.
const STATES: [(&str, &str); 3] = [
    ("normal", ""),
    (
        "importing",
        r##"<circle cx="744" cy="744" r="312" fill="#ffffff"/><circle cx="744" cy="744" r="262" fill="#1d4ed8"/>
        <path d="M744 604v264M624 756l120 120 120-120" fill="none" stroke="#ffffff" stroke-width="76"
        stroke-linecap="round" stroke-linejoin="round"/>"##,
    ),
    (
        "problem",
        r##"<circle cx="744" cy="744" r="312" fill="#ffffff"/><circle cx="744" cy="744" r="262" fill="#b91c1c"/>
        <path d="M744 596v176" fill="none" stroke="#ffffff" stroke-width="84" stroke-linecap="round"/>
        <circle cx="744" cy="888" r="48" fill="#ffffff"/>"##,
    ),
];

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).context("usage: draw-icons FOLDER")?;
    let folder = Path::new(&folder);
    let source = folder.join("source.svg");
    let svg = fs::read_to_string(&source).with_context(|| format!("could not read {}", source.display()))?;

    for (name, side) in PICTURES {
        write_png(&folder.join(name), &drawn(&svg, side)?)?;
    }
    write_ico(&folder.join("icon.ico"), &svg)?;
    write_icns(&folder.join("icon.icns"), &svg)?;
    fs::create_dir_all(folder.join("tray")).context("could not make the folder of the tray's icons")?;
    for (state, overlay) in STATES {
        let with_badge = svg.replace("</svg>", &format!("{overlay}</svg>"));
        write_png(&folder.join("tray").join(format!("{state}.png")), &drawn(&with_badge, TRAY)?)?;
    }
    println!("drawn from {}", source.display());
    Ok(())
}

/// The drawing as a square of `side` pixels.
fn drawn(svg: &str, side: u32) -> Result<Pixmap> {
    let tree = Tree::from_str(svg, &Options::default()).context("the drawing is not valid SVG")?;
    let mut pixels = Pixmap::new(side, side).context("a picture needs a size")?;
    let size = tree.size();
    #[expect(clippy::cast_precision_loss, reason = "sides of icons are small numbers")]
    let side = side as f32;
    resvg::render(
        &tree,
        Transform::from_scale(side / size.width(), side / size.height()),
        &mut pixels.as_mut(),
    );
    Ok(pixels)
}

/// Straight (not premultiplied) RGBA, as the containers want it.
fn rgba(pixels: &Pixmap) -> Vec<u8> {
    pixels
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let colour = pixel.demultiply();
            [colour.red(), colour.green(), colour.blue(), colour.alpha()]
        })
        .collect()
}

fn write_png(path: &Path, pixels: &Pixmap) -> Result<()> {
    let png = pixels.encode_png().with_context(|| format!("could not encode {}", path.display()))?;
    fs::write(path, png).with_context(|| format!("could not write {}", path.display()))
}

fn write_ico(path: &Path, svg: &str) -> Result<()> {
    let mut icon = ico::IconDir::new(ico::ResourceType::Icon);
    for side in ICO {
        let image = ico::IconImage::from_rgba_data(side, side, rgba(&drawn(svg, side)?));
        icon.add_entry(ico::IconDirEntry::encode_as_png(&image).context("could not encode a picture")?);
    }
    let file = File::create(path).with_context(|| format!("could not write {}", path.display()))?;
    icon.write(file).with_context(|| format!("could not write {}", path.display()))
}

fn write_icns(path: &Path, svg: &str) -> Result<()> {
    let mut family = icns::IconFamily::new();
    for side in ICNS {
        let image = icns::Image::from_data(icns::PixelFormat::RGBA, side, side, rgba(&drawn(svg, side)?))
            .context("a picture")?;
        family.add_icon(&image).with_context(|| format!("macOS knows no icon of {side} pixels"))?;
    }
    let file = File::create(path).with_context(|| format!("could not write {}", path.display()))?;
    family.write(file).with_context(|| format!("could not write {}", path.display()))
}
