//! Checksummed pages: the index of a sealed segment is one long run of bytes, stored in pages of 4 KiB of
//! which the last four bytes are the CRC-32 of the page's number and content. Every read is checked, and
//! only the pages that are needed are read.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::LogError;
use crate::disk::{Disk, DiskFile, ReadAt};

/// Bytes of a page on disk.
pub(crate) const PAGE: usize = 4096;
/// Bytes of content in a page.
pub(crate) const CONTENT: usize = PAGE - 4;
/// How much is gathered before it is written.
const WRITE_BYTES: usize = 1 << 18;
/// How many pages a [`Stream`] reads at once.
const STREAM_PAGES: u64 = 16;

/// Recently read pages of all segments, by segment and page number.
pub(crate) type PageCache = Cache<(u64, u64), Arc<[u8]>>;

/// A new file that is written from start to end.
pub(crate) struct Output {
    file: Arc<dyn DiskFile>,
    path: PathBuf,
    written: u64,
    buffer: Vec<u8>,
}

impl Output {
    pub(crate) fn create(disk: &dyn Disk, path: &Path) -> Result<Self, LogError> {
        let file = disk.create(path).map_err(|error| LogError::io("create", path, error))?;
        Ok(Self { file, path: path.to_owned(), written: 0, buffer: Vec::new() })
    }

    /// Where the next byte goes.
    pub(crate) fn at(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), LogError> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= WRITE_BYTES { self.flush() } else { Ok(()) }
    }

    /// Hands everything to the system. Making it durable is the segment store's part.
    pub(crate) fn flush(&mut self) -> Result<(), LogError> {
        let written = self.file.write_at(&self.buffer, self.written);
        written.map_err(|error| LogError::io("write", &self.path, error))?;
        self.written = self.at();
        self.buffer.clear();
        Ok(())
    }
}

/// Writes the index into an [`Output`], page by page.
pub(crate) struct PageWriter<'a> {
    output: &'a mut Output,
    page: Vec<u8>,
    number: u64,
}

impl<'a> PageWriter<'a> {
    pub(crate) fn new(output: &'a mut Output) -> Self {
        Self { output, page: Vec::with_capacity(PAGE), number: 0 }
    }

    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> Result<(), LogError> {
        while !bytes.is_empty() {
            let room = CONTENT - self.page.len();
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.page.extend_from_slice(now);
            bytes = rest;
            if self.page.len() == CONTENT {
                self.end_page()?;
            }
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<(), LogError> {
        if self.page.is_empty() { Ok(()) } else { self.end_page() }
    }

    fn end_page(&mut self) -> Result<(), LogError> {
        self.page.resize(CONTENT, 0);
        let crc = checksum(self.number, &self.page);
        self.page.extend_from_slice(&crc.to_le_bytes());
        self.output.write(&self.page)?;
        self.page.clear();
        self.number += 1;
        Ok(())
    }
}

/// Reads what a [`PageWriter`] wrote.
pub(crate) struct PageReader {
    pub(crate) file: Arc<dyn ReadAt>,
    pub(crate) path: PathBuf,
    /// Where the first page starts in the file.
    pub(crate) start: u64,
    /// Bytes of content.
    pub(crate) length: u64,
    /// Tells this segment's pages from others' in the cache.
    pub(crate) id: u64,
    pub(crate) cache: Arc<PageCache>,
}

impl PageReader {
    /// `N` bytes of content from here on.
    pub(crate) fn read<const N: usize>(&self, at: u64) -> Result<[u8; N], LogError> {
        let mut out = [0; N];
        self.read_into(at, &mut out)?;
        Ok(out)
    }

    pub(crate) fn read_into(&self, mut at: u64, mut out: &mut [u8]) -> Result<(), LogError> {
        if at.saturating_add(out.len() as u64) > self.length {
            return Err(self.damaged(self.start, "an index entry points past the index"));
        }
        while !out.is_empty() {
            let (number, offset) = locate(at);
            let page = self.page(number)?;
            let content = page.get(offset..CONTENT).unwrap_or_default();
            let count = content.len().min(out.len());
            let (now, rest) = out.split_at_mut(count);
            now.copy_from_slice(content.get(..count).unwrap_or_default());
            out = rest;
            at += count as u64;
        }
        Ok(())
    }

    /// A reader of one stretch from start to end that leaves the cache alone.
    pub(crate) fn stream(&self, at: u64, length: u64) -> Stream<'_> {
        Stream { reader: self, at, end: at + length, buffer: Vec::new(), used: 0 }
    }

    fn page(&self, number: u64) -> Result<Arc<[u8]>, LogError> {
        if let Some(page) = self.cache.get(&(self.id, number)) {
            return Ok(page);
        }
        let page: Arc<[u8]> = self.load(number, 1)?.into();
        self.cache.insert((self.id, number), Arc::clone(&page));
        Ok(page)
    }

    /// Pages as they lie on disk, checked.
    fn load(&self, number: u64, count: u64) -> Result<Vec<u8>, LogError> {
        let offset = self.start + number * PAGE as u64;
        let mut raw = vec![0; usize::try_from(count).unwrap_or_default() * PAGE];
        self.file.read_at(&mut raw, offset).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.damaged(offset, "the file ends within the index"),
            _ => LogError::io("read", &self.path, error),
        })?;
        for (page, number) in raw.chunks_exact(PAGE).zip(number..) {
            let (content, crc) = page.split_at(CONTENT);
            if crc != checksum(number, content).to_le_bytes() {
                let at = self.start + number * PAGE as u64;
                return Err(self.damaged(at, "the checksum of an index page does not fit"));
            }
        }
        Ok(raw)
    }

    pub(crate) fn damaged(&self, offset: u64, what: &'static str) -> LogError {
        LogError::Damaged { path: self.path.display().to_string(), offset, what }
    }
}

/// Reads a stretch of an index from start to end, in entries of one size.
pub(crate) struct Stream<'a> {
    reader: &'a PageReader,
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    used: usize,
}

impl Stream<'_> {
    /// The next `N` bytes; `None` at the end.
    pub(crate) fn next<const N: usize>(&mut self) -> Result<Option<[u8; N]>, LogError> {
        while self.buffer.len() - self.used < N {
            if self.at >= self.end {
                return Ok(None);
            }
            self.fill()?;
        }
        let taken = self.buffer.get(self.used..self.used + N).and_then(|bytes| bytes.try_into().ok());
        self.used += N;
        Ok(taken)
    }

    fn fill(&mut self) -> Result<(), LogError> {
        self.buffer.drain(..self.used);
        self.used = 0;
        let (number, offset) = locate(self.at);
        let pages = (self.end - self.at + offset as u64).div_ceil(CONTENT as u64).min(STREAM_PAGES);
        let raw = self.reader.load(number, pages)?;
        let mut skip = offset;
        for page in raw.chunks_exact(PAGE) {
            let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
            let content = page.get(skip..CONTENT).unwrap_or_default();
            let content = content.get(..left).unwrap_or(content);
            self.buffer.extend_from_slice(content);
            self.at += content.len() as u64;
            skip = 0;
        }
        Ok(())
    }
}

/// The page that holds a byte of the content, and where in it.
fn locate(at: u64) -> (u64, usize) {
    (at / CONTENT as u64, usize::try_from(at % CONTENT as u64).unwrap_or_default())
}

fn checksum(number: u64, content: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&number.to_le_bytes());
    hasher.update(content);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::OsDisk;

    fn written(dir: &Path, content: &[u8]) -> PageReader {
        let path = dir.join("pages");
        let mut output = Output::create(&OsDisk, &path).unwrap();
        output.write(b"before").unwrap();
        let start = output.at();
        let mut pages = PageWriter::new(&mut output);
        for piece in content.chunks(777) {
            pages.write(piece).unwrap();
        }
        pages.finish().unwrap();
        output.flush().unwrap();
        let file: Arc<dyn DiskFile> = OsDisk.open(&path).unwrap();
        let (length, cache) = (content.len() as u64, Arc::new(PageCache::new(8)));
        PageReader { file, path, start, length, id: 1, cache }
    }

    #[test]
    fn reads_back_across_pages() {
        let dir = tempfile::tempdir().unwrap();
        let content: Vec<u8> = (0..200_000u32).map(|n| (n / 7 % 251) as u8).collect();
        let reader = written(dir.path(), &content);
        for at in [0, 1, CONTENT - 3, CONTENT, 5 * CONTENT - 1, content.len() - 8] {
            assert_eq!(reader.read::<8>(at as u64).unwrap(), content[at..at + 8], "{at}");
        }
        assert!(reader.read::<8>(content.len() as u64 - 7).is_err());
        let mut stream = reader.stream(10, 150_000);
        for at in (10..150_010).step_by(12) {
            assert_eq!(stream.next::<12>().unwrap().unwrap(), content[at..at + 12], "{at}");
        }
        assert_eq!(stream.next::<12>().unwrap(), None);
    }

    #[test]
    fn a_flipped_bit_is_reported() {
        let dir = tempfile::tempdir().unwrap();
        let reader = written(dir.path(), &[7; 10_000]);
        let file = OsDisk.open(&reader.path).unwrap();
        file.write_at(&[6], reader.start + PAGE as u64 + 100).unwrap();
        assert!(reader.read::<4>(0).is_ok());
        assert!(matches!(reader.read::<4>(CONTENT as u64), Err(LogError::Damaged { .. })));
        assert!(matches!(reader.stream(0, 10_000).next::<4>(), Err(LogError::Damaged { .. })));
    }
}
