//! Opening a file that may be packed with gzip, and reading it with a bound on what it may unpack to.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;

use crate::error::FileProblem;

/// Every gzip stream begins so (RFC 1952); no IDX file does.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The unpacked bytes of a file, of which exactly `expected` are wanted.
pub(crate) struct Unpacked {
    source: Source,
    expected: usize,
    /// Bytes read so far.
    position: usize,
}

enum Source {
    Plain(BufReader<File>),
    Gzip(Box<GzDecoder<BufReader<File>>>),
}

impl Unpacked {
    /// Opens a file. Its content says whether it is packed, not its name: browsers unpack `.gz` behind one's back.
    pub(crate) fn open(path: &Path, expected: usize) -> Result<Self, FileProblem> {
        // Looked at before opening, because opening a pipe would wait for its writer.
        if !fs::metadata(path).map_err(FileProblem::Unreadable)?.is_file() {
            return Err(FileProblem::NotAFile);
        }
        let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(FileProblem::Unreadable)?);
        let start = file.fill_buf().map_err(FileProblem::Unreadable)?;
        if start.is_empty() {
            return Err(FileProblem::Empty { expected });
        }
        let source = if start.starts_with(&GZIP_MAGIC) {
            Source::Gzip(Box::new(GzDecoder::new(file)))
        } else {
            Source::Plain(file)
        };
        Ok(Self { source, expected, position: 0 })
    }

    /// Fills the whole buffer.
    pub(crate) fn read_exactly(&mut self, buffer: &mut [u8]) -> Result<(), FileProblem> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..])? {
                0 => return Err(FileProblem::TooShort { actual: self.position, expected: self.expected }),
                count => filled += count,
            }
        }
        Ok(())
    }

    /// Makes sure that nothing follows: no unpacked byte (of which one is read at most, so a gzip bomb stays packed),
    /// and no byte after the gzip stream.
    pub(crate) fn finish(mut self) -> Result<(), FileProblem> {
        // Reading the end is what makes the unpacker compare its checksum.
        if self.read(&mut [0])? > 0 {
            return Err(FileProblem::TooLong { expected: self.expected });
        }
        let at_end = match self.source {
            Source::Plain(_) => true,
            Source::Gzip(decoder) => decoder.into_inner().fill_buf().map_err(FileProblem::Unreadable)?.is_empty(),
        };
        if at_end { Ok(()) } else { Err(FileProblem::TrailingBytes) }
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, FileProblem> {
        loop {
            let result = match &mut self.source {
                Source::Plain(file) => file.read(buffer).map_err(FileProblem::Unreadable),
                Source::Gzip(decoder) => match decoder.read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    result => result.map_err(|error| gzip_problem(error, self.position, self.expected)),
                },
            };
            return result.inspect(|count| self.position += count);
        }
    }
}

fn gzip_problem(cause: io::Error, unpacked: usize, expected: usize) -> FileProblem {
    match cause.kind() {
        io::ErrorKind::UnexpectedEof => FileProblem::TruncatedGzip { unpacked, expected },
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => FileProblem::CorruptGzip { unpacked, cause },
        _ => FileProblem::Unreadable(cause),
    }
}
