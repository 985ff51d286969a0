//! Numbers and texts of data sets.
//!
//! Versions 1 and 2 of the message about the layout of contiguous data, as older HDF5 libraries write
//! it, do not state the size in bytes. The crate `hdf5-reader` takes the number of elements for it. Here
//! the size follows from the shape and the type. Source: HDF5 file format specification, "Data Layout
//! Message".

use hdf5_reader::messages::HdfMessage;
use hdf5_reader::messages::layout::DataLayout;
use hdf5_reader::{Dataset, Datatype, H5Type, Hdf5File};

pub(super) type Hdf5Result<T> = std::result::Result<T, hdf5_reader::error::Error>;

/// A file, and the limit on the bytes of one data set.
pub(super) struct Data<'a> {
    pub(super) file: &'a Hdf5File,
    pub(super) most: usize,
}

impl Data<'_> {
    /// The text of a data set with one text.
    pub(super) fn text(&self, dataset: &Dataset) -> Option<String> {
        let is_text = matches!(dataset.dtype(), Datatype::String { .. });
        let text = match self.contiguous(dataset).ok()?.filter(|_| is_text) {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => dataset.read_string().ok()?,
        };
        let text = text.trim_matches(['\0', ' ', '\n', '\r', '\t']).to_owned();
        Some(text).filter(|text| !text.is_empty())
    }

    /// The numbers of a data set of any numeric type.
    pub(super) fn numbers(&self, dataset: &Dataset) -> Hdf5Result<Vec<f64>> {
        let bytes = self.contiguous(dataset)?;
        macro_rules! read {
            ($type:ty) => {
                match &bytes {
                    Some(bytes) => decode::<$type>(bytes, dataset)?,
                    None => dataset.read_array::<$type>()?.into_iter().collect(),
                }
                .into_iter()
                .map(|v| v as f64)
                .collect()
            };
        }
        Ok(match dataset.dtype() {
            Datatype::FloatingPoint { size: 4, .. } => read!(f32),
            Datatype::FloatingPoint { .. } => read!(f64),
            Datatype::FixedPoint {
                size: 1,
                signed: true,
                ..
            } => read!(i8),
            Datatype::FixedPoint { size: 1, .. } => read!(u8),
            Datatype::FixedPoint {
                size: 2,
                signed: true,
                ..
            } => read!(i16),
            Datatype::FixedPoint { size: 2, .. } => read!(u16),
            Datatype::FixedPoint {
                size: 4,
                signed: true,
                ..
            } => read!(i32),
            Datatype::FixedPoint { size: 4, .. } => read!(u32),
            Datatype::FixedPoint { signed: true, .. } => read!(i64),
            _ => read!(u64),
        })
    }

    /// The bytes of contiguous data whose size is not stated; `None` for all other data.
    fn contiguous(&self, dataset: &Dataset) -> Hdf5Result<Option<Vec<u8>>> {
        let elements = dataset.num_elements()?;
        let size = elements.saturating_mul(dataset.raw_element_size()? as u64);
        let header = self.file.get_or_parse_header(dataset.address())?;
        let address = header.messages.iter().find_map(|message| match message {
            HdfMessage::DataLayout(found) => match found.layout {
                DataLayout::Contiguous {
                    address,
                    size: stated,
                } => (stated == elements && stated != size).then_some(address),
                _ => None,
            },
            _ => None,
        });
        let size = usize::try_from(size).ok().filter(|size| *size <= self.most);
        let (Some(address), Some(size)) = (address, size) else {
            return Ok(None);
        };
        let bytes = self.file.storage().read_range(address, size)?;
        Ok(Some(bytes.to_vec()))
    }
}

fn decode<T: H5Type>(bytes: &[u8], dataset: &Dataset) -> Hdf5Result<Vec<T>> {
    let dtype = dataset.dtype();
    let values = bytes.chunks_exact(T::element_size(dtype));
    values.map(|value| T::from_bytes(value, dtype)).collect()
}
