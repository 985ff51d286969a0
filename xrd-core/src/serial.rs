//! Deserialisation of types through their checking constructors, which refuse invalid values.

use serde::Deserialize;

use crate::{Atom, Element, Error, Latent2, Scale, Wavelength};

/// Converts deserialised fields to a checked type by its constructor.
macro_rules! checked {
    ($name:ident { $($field:ident: $type:ty),* } => $make:expr) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($field: $type),*
        }

        impl TryFrom<$name> for crate::$name {
            type Error = Error;

            fn try_from(read: $name) -> Result<Self, Error> {
                let make: fn($name) -> Result<Self, Error> = $make;
                make(read)
            }
        }
    };
}

checked!(TwoThetaGrid { start: f64, step: f64, len: usize } => |r| {
    Self::new(r.start, r.step, r.len)
});
checked!(Pattern {
    grid: crate::TwoThetaGrid,
    scale: Scale,
    wavelength: Option<Wavelength>,
    intensities: Vec<f32>
} => |r| {
    let pattern = Self::new(r.grid, r.scale, r.intensities)?;
    Ok(pattern.with_wavelength(r.wavelength))
});
checked!(PatternSet {
    grid: crate::TwoThetaGrid,
    scale: Scale,
    wavelength: Option<Wavelength>,
    names: Vec<String>,
    intensities: Vec<f32>
} => |r| Self::new(r.grid, r.scale, r.wavelength, r.names, r.intensities));
checked!(Labels { columns: Vec<String>, rows: usize, values: Vec<f64> } => |r| {
    if r.columns.is_empty() && r.values.is_empty() {
        return Ok(Self::none(r.rows));
    }
    let labels = Self::new(r.columns, r.values)?;
    crate::error::same_length("label rows", r.rows, labels.len()).map(|()| labels)
});
checked!(LatentGrid { low: Latent2, high: Latent2, columns: usize, rows: usize } => |r| {
    Self::new(r.low, r.high, r.columns, r.rows)
});
checked!(LatentMap { grid: crate::LatentGrid, values: Vec<Option<f64>> } => |r| {
    Self::new(r.grid, r.values)
});
checked!(Lattice { vectors: [[f64; 3]; 3] } => |r| Self::from_vectors(r.vectors));
checked!(Structure { lattice: crate::Lattice, atoms: Vec<Atom> } => |r| {
    Self::new(r.lattice, r.atoms)
});

impl TryFrom<f64> for Wavelength {
    type Error = Error;

    /// Creates a wavelength from its value in Å.
    ///
    /// # Errors
    /// Any error of [`Wavelength::angstrom`].
    fn try_from(angstrom: f64) -> Result<Self, Error> {
        Self::angstrom(angstrom)
    }
}

impl TryFrom<String> for Element {
    type Error = Error;

    /// Returns the element with this symbol.
    ///
    /// # Errors
    /// Any error of [`Element::from_symbol`].
    fn try_from(symbol: String) -> Result<Self, Error> {
        Self::from_symbol(&symbol)
    }
}

impl From<Element> for String {
    /// Symbol of the element.
    fn from(element: Element) -> Self {
        element.symbol().to_owned()
    }
}
