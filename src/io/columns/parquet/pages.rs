//! The pages of a row group.
//!
//! The crate `parquet` decompresses all but zstd, for which it would need a compiler of C: it hands on such pages as
//! they are, as if they were not compressed, and they are decompressed here by `ruzstd`.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::file::Opened;

/// A row group.
pub(super) struct RowGroup<R> {
    reader: Arc<R>,
    metadata: Arc<ParquetMetaData>,
    index: usize,
    rows: usize,
}

impl<R> RowGroup<R> {
    pub(super) fn new(file: &Opened<R>, index: usize) -> Result<Self, ParquetError> {
        let rows = usize::try_from(file.metadata.row_group(index).num_rows())?;
        Ok(RowGroup { reader: Arc::clone(&file.reader), metadata: Arc::clone(&file.metadata), index, rows })
    }
}

impl<R: ChunkReader + 'static> RowGroups for RowGroup<R> {
    fn num_rows(&self) -> usize {
        self.rows
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>, ParquetError> {
        let columns = self.metadata.row_group(self.index).columns();
        let chunk = columns.get(column).ok_or(ParquetError::IndexOutOfBound(column, columns.len()))?;
        Ok(Box::new(Chunk { pages: Some(pages(&self.reader, chunk, self.rows)) }))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.metadata.row_group(self.index)))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// The only chunk of a column in a row group.
struct Chunk {
    pages: Option<Result<Box<dyn PageReader>, ParquetError>>,
}

impl Iterator for Chunk {
    type Item = Result<Box<dyn PageReader>, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pages.take()
    }
}

impl PageIterator for Chunk {}

fn pages<R: ChunkReader + 'static>(
    reader: &Arc<R>,
    chunk: &ColumnChunkMetaData,
    rows: usize,
) -> Result<Box<dyn PageReader>, ParquetError> {
    let mut zstd = None;
    let mut stored = chunk.clone();
    if matches!(chunk.compression(), Compression::ZSTD(_)) {
        stored = stored.into_builder().set_compression(Compression::UNCOMPRESSED).build()?;
        // Pages have sizes of 32 bits, and all of them have this size together.
        let most = chunk.uncompressed_size().clamp(0, i64::from(i32::MAX)) as usize;
        zstd = Some(Zstd { decoder: FrameDecoder::new(), most });
    }
    let pages = SerializedPageReader::new(Arc::clone(reader), &stored, rows, None)?;
    Ok(Box::new(Pages { pages, zstd, has_dictionary: false }))
}

/// The pages of a chunk, as far checked as the decoders rely on it.
struct Pages<R: ChunkReader> {
    pages: SerializedPageReader<R>,
    zstd: Option<Zstd>,
    has_dictionary: bool,
}

impl<R: ChunkReader> Pages<R> {
    fn check(&mut self, page: &Page) -> Result<(), ParquetError> {
        if let Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } = page {
            // Both were positive numbers of 32 bits.
            if *def_levels_byte_len as usize + *rep_levels_byte_len as usize > buf.len() {
                return Err(ParquetError::General("a page is shorter than its levels".to_string()));
            }
        }
        let is_coded = matches!(page.encoding(), Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY);
        if page.is_dictionary_page() {
            self.has_dictionary = true;
        } else if is_coded && !self.has_dictionary {
            return Err(ParquetError::General("a page needs a dictionary, and there is none".to_string()));
        }
        Ok(())
    }
}

/// Decompresses pages.
struct Zstd {
    decoder: FrameDecoder,
    /// The most bytes of a page.
    most: usize,
}

impl Zstd {
    /// The bytes of a page, of which the first ones are not compressed.
    fn decompressed(&mut self, stored: &Bytes, plain: usize) -> Result<Bytes, ParquetError> {
        let wrong =
            |told: &str| ParquetError::General(format!("a page that is compressed with zstd is damaged: {told}"));
        let compressed = stored.get(plain..).ok_or_else(|| wrong("it is too short"))?;
        let mut page = Vec::new();
        page.extend_from_slice(&stored[..plain]);
        if compressed.is_empty() {
            return Ok(page.into());
        }
        let mut header = compressed;
        self.decoder.init(&mut header).map_err(|told| wrong(&told.to_string()))?;
        let told = usize::try_from(self.decoder.content_size()).unwrap_or(usize::MAX);
        if told > self.most {
            return Err(wrong("it is larger than its column"));
        }
        if told > 0 {
            page.reserve_exact(told);
            self.decoder.decode_all_to_vec(compressed, &mut page).map_err(|told| wrong(&told.to_string()))?;
            return Ok(page.into());
        }
        // The frame does not tell its size.
        let frame = StreamingDecoder::new_with_decoder(compressed, &mut self.decoder);
        let frame = frame.map_err(|told| wrong(&told.to_string()))?;
        let read = frame.take(self.most as u64 + 1).read_to_end(&mut page).map_err(|told| wrong(&told.to_string()))?;
        if read > self.most {
            return Err(wrong("it is larger than its column"));
        }
        Ok(page.into())
    }
}

impl<R: ChunkReader> Iterator for Pages<R> {
    type Item = Result<Page, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<R: ChunkReader> PageReader for Pages<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>, ParquetError> {
        let Some(mut page) = self.pages.get_next_page()? else { return Ok(None) };
        self.check(&page)?;
        if let Some(zstd) = &mut self.zstd {
            match &mut page {
                Page::DataPage { buf, .. } | Page::DictionaryPage { buf, .. } => *buf = zstd.decompressed(buf, 0)?,
                Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, is_compressed, .. } => {
                    if *is_compressed {
                        // Levels are in front of the values, and never compressed.
                        let levels = *def_levels_byte_len as usize + *rep_levels_byte_len as usize;
                        *buf = zstd.decompressed(buf, levels)?;
                    }
                }
            }
        }
        Ok(Some(page))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>, ParquetError> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<(), ParquetError> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool, ParquetError> {
        self.pages.at_record_boundary()
    }
}
