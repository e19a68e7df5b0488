//! All that the layout can see: itself, the document, and the fonts. No disk, no network, no clock.

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// The layout: its files, the first of which takes in the others.
const LAYOUT: [(&str, &str); 5] = [
    ("/report.typ", include_str!("../assets/report.typ")),
    ("/blocks.typ", include_str!("../assets/blocks.typ")),
    ("/inlines.typ", include_str!("../assets/inlines.typ")),
    ("/formulas.typ", include_str!("../assets/formulas.typ")),
    ("/style.typ", include_str!("../assets/style.typ")),
];

/// Text, formulas, code; the figures' text. Their licences are in the same folders.
const FONTS: [&[u8]; 6] = [
    include_bytes!("../fonts/LibertinusSerif-Regular.otf"),
    include_bytes!("../fonts/LibertinusSerif-Bold.otf"),
    include_bytes!("../fonts/LibertinusSerif-Italic.otf"),
    include_bytes!("../fonts/NewCMMath-Book.otf"),
    include_bytes!("../fonts/DejaVuSansMono.ttf"),
    include_bytes!("../../report/fonts/OpenSans-Regular.ttf"),
];

/// What Typst asks for files and fonts.
pub(crate) struct ReportWorld {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    layout: [Source; LAYOUT.len()],
    document_id: FileId,
    document: Bytes,
}

impl ReportWorld {
    /// A world that holds this document, as JSON.
    pub(crate) fn new(document: Vec<u8>) -> Self {
        let fonts: Vec<Font> = FONTS.iter().flat_map(|&font| Font::iter(Bytes::new(font))).collect();
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            layout: LAYOUT.map(|(path, text)| Source::new(file_id(path), text.to_owned())),
            document_id: file_id("/document.json"),
            document: Bytes::new(document),
        }
    }
}

fn file_id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("the paths are absolute and contain no dots");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

impl World for ReportWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.layout[0].id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.layout.iter().find(|source| source.id() == id).cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.document_id { Ok(self.document.clone()) } else { Err(not_found(id)) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
