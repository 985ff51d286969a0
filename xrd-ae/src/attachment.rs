use crate::autoencoder::Autoencoder;

/// Numbers of an array that is attached to a model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Numbers {
    /// Numbers of 32 bits.
    F32(Vec<f32>),
    /// Numbers of 64 bits.
    F64(Vec<f64>),
}

/// Data of another program in the file of a model: a text and arrays of numbers.
///
/// The file of a model is a safetensors file. In this file, the array `a` of the attachment `b` is
/// the tensor `attached.b.a`. The text of the attachment is part of the description of the model.
/// The checksum of the file covers the arrays and the text. The model itself does not use
/// attachments.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Attachment {
    /// Text, for example a description in JSON.
    pub text: String,
    /// Name, shape and numbers of each array, in row-major order. The names are different.
    pub arrays: Vec<(String, Vec<usize>, Numbers)>,
}

impl Attachment {
    /// Creates an attachment of a text and arrays. Each array consists of a name, a shape and as
    /// many numbers as the product of the shape, in row-major order.
    pub fn new(text: String, arrays: Vec<(String, Vec<usize>, Numbers)>) -> Self {
        Self { text, arrays }
    }
}

impl Autoencoder {
    /// Adds an attachment to the model, or replaces the attachment of the same name.
    #[must_use]
    pub fn with_attachment(mut self, name: impl Into<String>, attachment: Attachment) -> Self {
        self.attachments.insert(name.into(), attachment);
        self
    }

    /// Attachment of this name, if the model has one.
    pub fn attachment(&self, name: &str) -> Option<&Attachment> {
        self.attachments.get(name)
    }
}
