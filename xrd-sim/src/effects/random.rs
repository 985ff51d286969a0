use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use super::*;
use crate::random::Purpose;
use crate::{Anode, Distribution, PatternKey, Shape};

/// Probability distribution of [`Effects`]: the probability and the parameters of each effect.
///
/// The type is deserialised from tables, one per effect, as in the example below. Numerical
/// parameters are given as [`Distribution`]s. The optional entry `probability` is the probability
/// that the effect occurs; it is 1 by default. An effect without a table does not occur. An unknown
/// name in a table is an error. The random parameters of one effect do not depend on the tables of
/// other effects.
///
/// ```toml
/// [emission]
/// anode = "Cu"                            # Cr, Fe, Co, Cu, Mo or Ag
/// k_alpha2 = 0.5                          # relative to Kα1
/// k_beta = { uniform = [0, 0.02] }
///
/// [profile]                               # constant width; replaces the instrument profile
/// fwhm_deg = { uniform = [0.05, 0.2] }
/// eta = 0.5
///
/// [broadening]                            # width depends on the angle; replaces [profile]
/// u = 0.01                                # square degrees; u, v and w are 0 by default
/// v = -0.005
/// w = 0.005
/// size_angstrom = { log_uniform = [200, 5000] }       # infinite by default
/// strain = { uniform = [0, 0.002] }                   # 0 by default
///
/// [axial_divergence]
/// s_over_l = 0.02
/// h_over_l = 0.02
///
/// [zero_shift]
/// deg = { normal = { mean = 0, sd = 0.02, min = -0.06, max = 0.06 } }
///
/// [sample_displacement]
/// mm = { uniform = [-0.1, 0.1] }
/// radius_mm = 217.5
///
/// [transparency]
/// attenuation_per_mm = { log_uniform = [2, 50] }
/// radius_mm = 217.5
///
/// [texture]
/// probability = 0.5
/// planes = [[0, 0, 1], [1, 1, 0]]         # one is chosen at random
/// r = { uniform = [0.6, 1] }
///
/// [surface_roughness]
/// p = 0.7
/// q = { uniform = [0, 0.1] }
///
/// [[amorphous]]                           # any number of humps
/// probability = 0.3
/// centre_deg = { uniform = [20, 30] }
/// fwhm_deg = 10
/// height = { uniform = [0, 0.1] }
///
/// [vecsei_background]
/// [vecsei_noise]
///
/// [counting_noise]
/// counts = { log_uniform = [1e3, 1e5] }   # at the maximum of the lines
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "Tables")]
pub struct RandomEffects(Tables);

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tables {
    emission: Option<RandomEmission>,
    profile: Option<RandomProfile>,
    broadening: Option<RandomBroadening>,
    axial_divergence: Option<RandomAxialDivergence>,
    zero_shift: Option<RandomZeroShift>,
    sample_displacement: Option<RandomSampleDisplacement>,
    transparency: Option<RandomTransparency>,
    texture: Option<RandomTexture>,
    surface_roughness: Option<RandomSurfaceRoughness>,
    amorphous: Vec<RandomAmorphousHump>,
    vecsei_background: Option<RandomPresence>,
    vecsei_noise: Option<RandomPresence>,
    counting_noise: Option<RandomCountingNoise>,
}

impl RandomEffects {
    /// Chooses the effects of one pattern at random.
    ///
    /// The choice depends only on the tables and on the argument `key`.
    ///
    /// # Errors
    /// No error is expected. Deserialisation has already checked the smallest and the largest value
    /// of every distribution, and both are allowed for the effect.
    pub fn draw(&self, key: PatternKey) -> Result<Effects> {
        self.0
            .effects(&mut |purpose| Pick::Drawn(key.numbers(purpose)))
    }

    /// Returns `true` if there are no tables. No effect can then occur.
    pub fn is_none(&self) -> bool {
        self.0 == Tables::default()
    }

    /// Returns the anode of the tube if there is a table `emission`.
    pub fn anode(&self) -> Option<Anode> {
        self.0.emission.as_ref().map(|e| e.anode)
    }
}

impl TryFrom<Tables> for RandomEffects {
    type Error = crate::Error;

    fn try_from(tables: Tables) -> Result<Self> {
        tables.effects(&mut |_| Pick::Least)?;
        tables.effects(&mut |_| Pick::Largest)?;
        Ok(Self(tables))
    }
}

/// Source of numbers from distributions: random, or the ends of their ranges.
#[allow(clippy::large_enum_variant, reason = "only one exists at a time")]
pub(crate) enum Pick {
    Drawn(ChaCha8Rng),
    Least,
    Largest,
}

impl Pick {
    pub(crate) fn number(&mut self, distribution: &Distribution) -> f64 {
        match self {
            Self::Drawn(rng) => distribution.draw(rng),
            Self::Least => distribution.range()[0],
            Self::Largest => distribution.range()[1],
        }
    }

    /// Whether an event of this probability occurs; at the ends of the ranges it always does.
    fn happens(&mut self, probability: f64) -> bool {
        match self {
            Self::Drawn(rng) => rng.random::<f64>() < probability,
            Self::Least | Self::Largest => true,
        }
    }

    pub(crate) fn index(&mut self, len: usize) -> usize {
        match self {
            Self::Drawn(rng) => rng.random_range(0..len),
            Self::Least | Self::Largest => 0,
        }
    }
}

/// Distribution of one effect.
pub(crate) trait RandomEffect {
    type Effect;

    fn probability(&self) -> f64;

    fn effect(&self, pick: &mut Pick) -> Result<Self::Effect>;

    fn sometimes(&self, mut pick: Pick) -> Result<Option<Self::Effect>> {
        let probability = within("probability", self.probability(), 0.0..=1.0, "0 to 1")?;
        // Always drawn, so that the following numbers do not depend on the probability.
        let happens = pick.happens(probability);
        let effect = self.effect(&mut pick)?;
        Ok(happens.then_some(effect))
    }
}

impl Tables {
    fn effects(&self, pick: &mut dyn FnMut(Purpose) -> Pick) -> Result<Effects> {
        fn one<E: RandomEffect>(
            effect: &Option<E>,
            pick: &mut dyn FnMut(Purpose) -> Pick,
            purpose: Purpose,
        ) -> Result<Option<E::Effect>> {
            effect
                .as_ref()
                .map_or(Ok(None), |e| e.sometimes(pick(purpose)))
        }
        let humps = self.amorphous.iter().enumerate();
        let amorphous = humps.map(|(i, hump)| hump.sometimes(pick(Purpose::Amorphous(i as u32))));
        Ok(Effects {
            amorphous: amorphous
                .filter_map(Result::transpose)
                .collect::<Result<_>>()?,
            emission: one(&self.emission, pick, Purpose::Emission)?,
            profile: one(&self.profile, pick, Purpose::Profile)?,
            broadening: one(&self.broadening, pick, Purpose::Broadening)?,
            axial_divergence: one(&self.axial_divergence, pick, Purpose::AxialDivergence)?,
            zero_shift: one(&self.zero_shift, pick, Purpose::ZeroShift)?,
            sample_displacement: one(&self.sample_displacement, pick, Purpose::SampleDisplacement)?,
            transparency: one(&self.transparency, pick, Purpose::Transparency)?,
            texture: one(&self.texture, pick, Purpose::Texture)?,
            surface_roughness: one(&self.surface_roughness, pick, Purpose::SurfaceRoughness)?,
            vecsei_background: one(&self.vecsei_background, pick, Purpose::HasBackground)?
                .is_some(),
            vecsei_noise: one(&self.vecsei_noise, pick, Purpose::HasNoise)?.is_some(),
            counting_noise: one(&self.counting_noise, pick, Purpose::CountingNoise)?,
        })
    }
}

pub(crate) fn always() -> f64 {
    1.0
}

pub(crate) fn zero() -> Distribution {
    Distribution::from(0.0)
}

fn infinite() -> Distribution {
    Distribution::from(f64::INFINITY)
}

/// Declares the table of an effect with its probability, and builds the effect from it.
macro_rules! table {
    ($name:ident => $effect:ty { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }
     |$self:ident, $pick:ident| $make:expr) => {
        #[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            #[serde(default = "crate::effects::random::always")]
            probability: f64,
            $($(#[$attribute])* $field: $type,)*
        }

        impl $crate::effects::random::RandomEffect for $name {
            type Effect = $effect;

            fn probability(&self) -> f64 {
                self.probability
            }

            fn effect(&$self, $pick: &mut $crate::effects::random::Pick) -> $crate::Result<$effect> {
                $make
            }
        }
    };
}

pub(crate) use table;

table!(RandomEmission => Emission {
    anode: Anode,
    k_alpha2: Distribution,
    #[serde(default = "zero")]
    k_beta: Distribution,
} |self, pick| {
    Emission::new(self.anode, pick.number(&self.k_alpha2), pick.number(&self.k_beta))
});

table!(RandomProfile => Profile {
    fwhm_deg: Distribution,
    eta: Distribution,
} |self, pick| {
    let fwhm_deg = pick.number(&self.fwhm_deg);
    Profile::new(Shape::PseudoVoigt { eta: pick.number(&self.eta) }, fwhm_deg)
});

table!(RandomBroadening => Broadening {
    #[serde(default = "zero")]
    u: Distribution,
    #[serde(default = "zero")]
    v: Distribution,
    #[serde(default = "zero")]
    w: Distribution,
    #[serde(default = "infinite")]
    size_angstrom: Distribution,
    #[serde(default = "zero")]
    strain: Distribution,
} |self, pick| {
    let caglioti = [&self.u, &self.v, &self.w].map(|d| pick.number(d));
    Broadening::new(caglioti, pick.number(&self.size_angstrom), pick.number(&self.strain))
});

table!(RandomAxialDivergence => AxialDivergence {
    s_over_l: Distribution,
    h_over_l: Distribution,
} |self, pick| AxialDivergence::new(pick.number(&self.s_over_l), pick.number(&self.h_over_l)));

table!(RandomZeroShift => ZeroShift {
    deg: Distribution,
} |self, pick| ZeroShift::new(pick.number(&self.deg)));

table!(RandomSampleDisplacement => SampleDisplacement {
    mm: Distribution,
    radius_mm: Distribution,
} |self, pick| SampleDisplacement::new(pick.number(&self.mm), pick.number(&self.radius_mm)));

table!(RandomTransparency => Transparency {
    attenuation_per_mm: Distribution,
    radius_mm: Distribution,
} |self, pick| {
    Transparency::new(pick.number(&self.attenuation_per_mm), pick.number(&self.radius_mm))
});

table!(RandomTexture => MarchDollase {
    planes: Vec<[i32; 3]>,
    r: Distribution,
} |self, pick| {
    within("number of preferred orientations", self.planes.len() as f64, 1.0.., "1 or more")?;
    for planes in &self.planes {
        MarchDollase::new(*planes, 1.0)?;
    }
    MarchDollase::new(self.planes[pick.index(self.planes.len())], pick.number(&self.r))
});

table!(RandomSurfaceRoughness => SurfaceRoughness {
    p: Distribution,
    q: Distribution,
} |self, pick| SurfaceRoughness::new(pick.number(&self.p), pick.number(&self.q)));

table!(RandomAmorphousHump => AmorphousHump {
    centre_deg: Distribution,
    fwhm_deg: Distribution,
    height: Distribution,
} |self, pick| {
    let [centre, fwhm, height] =
        [&self.centre_deg, &self.fwhm_deg, &self.height].map(|d| pick.number(d));
    AmorphousHump::new(centre, fwhm, height)
});

table!(RandomCountingNoise => CountingNoise {
    counts: Distribution,
} |self, pick| CountingNoise::new(pick.number(&self.counts)));

table!(RandomPresence => () {} |self, _pick| Ok(()));
