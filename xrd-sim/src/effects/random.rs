use std::collections::BTreeMap;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use super::*;
use crate::random::{PhasePart, Purpose};
use crate::{Anode, Distribution, PatternKey, PhaseEffects, Shape};

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
/// [grain_statistics]
/// sd = { uniform = [0, 0.2] }             # of the logarithm of the factor of each line
///
/// [lattice_strain]
/// strain = { uniform = [-0.002, 0.002] }  # Δd/d of all lattice spacings
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
/// subtracted_background = 0               # counted and subtracted; relative to that maximum
/// ```
///
/// In a [`Mixture`](crate::Mixture), texture, lattice strain, grain statistics, crystallite size and
/// the spread of strains are drawn for each phase ([`draw_phases`](Self::draw_phases)). A table `phases` replaces
/// them for a phase, by its name:
///
/// ```toml
/// [phases.quartz.broadening]
/// size_angstrom = 500                     # u, v and w are those of the instrument
///
/// [phases.quartz.texture]
/// planes = [[0, 0, 1]]
/// r = { uniform = [0.7, 1] }
///
/// [phases.quartz.lattice_strain]
/// strain = 0
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
    lattice_strain: Option<RandomLatticeStrain>,
    grain_statistics: Option<RandomGrainStatistics>,
    surface_roughness: Option<RandomSurfaceRoughness>,
    amorphous: Vec<RandomAmorphousHump>,
    vecsei_background: Option<RandomPresence>,
    vecsei_noise: Option<RandomPresence>,
    counting_noise: Option<RandomCountingNoise>,
    phases: BTreeMap<String, PhaseTables>,
}

/// Tables of one phase of a mixture.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PhaseTables {
    broadening: Option<RandomSizeAndStrain>,
    texture: Option<RandomTexture>,
    lattice_strain: Option<RandomLatticeStrain>,
    grain_statistics: Option<RandomGrainStatistics>,
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

    /// Chooses the effects on the phases of a mixture at random. `names` are those of the phases.
    ///
    /// The broadening of each phase has the Caglioti parameters of the pattern, and a crystallite
    /// size and a strain of its own. The choice depends only on the tables, the names, their order
    /// and the argument `key`.
    ///
    /// # Errors
    /// No error is expected, as in [`draw`](Self::draw).
    pub fn draw_phases<S: AsRef<str>>(
        &self,
        key: PatternKey,
        names: &[S],
    ) -> Result<Vec<PhaseEffects>> {
        let names = names.iter().map(AsRef::as_ref);
        self.0
            .phases(names, &mut |purpose| Pick::Drawn(key.numbers(purpose)))
    }

    /// Returns the effects on a pattern and on the phases of a mixture where every number is the
    /// smallest of its distribution, and where every number is the largest.
    ///
    /// Every effect occurs, whatever its probability. Use them to check in advance that patterns
    /// can be simulated.
    ///
    /// # Errors
    /// No error is expected, as in [`draw`](Self::draw).
    pub fn extremes<S: AsRef<str>>(
        &self,
        names: &[S],
    ) -> Result<[(Effects, Vec<PhaseEffects>); 2]> {
        let both = |pick: fn() -> Pick| -> Result<_> {
            let names = names.iter().map(AsRef::as_ref);
            let of_phases = self.0.phases(names, &mut |_| pick())?;
            Ok((self.0.effects(&mut |_| pick())?, of_phases))
        };
        Ok([both(|| Pick::Least)?, both(|| Pick::Largest)?])
    }

    /// Returns the names of the phases with a table of their own, sorted.
    pub fn phase_names(&self) -> impl Iterator<Item = &str> {
        self.0.phases.keys().map(String::as_str)
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
        for pick in [|| Pick::Least, || Pick::Largest] {
            let names = tables.phases.keys().map(String::as_str);
            tables.phases(names, &mut |_| pick())?;
        }
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

    fn seed(&mut self) -> u64 {
        match self {
            Self::Drawn(rng) => rng.random(),
            Self::Least | Self::Largest => 0,
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

fn one<E: RandomEffect>(
    effect: &Option<E>,
    pick: &mut dyn FnMut(Purpose) -> Pick,
    purpose: Purpose,
) -> Result<Option<E::Effect>> {
    sometimes(effect.as_ref(), || pick(purpose))
}

impl Tables {
    fn effects(&self, pick: &mut dyn FnMut(Purpose) -> Pick) -> Result<Effects> {
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
            lattice_strain: one(&self.lattice_strain, pick, Purpose::LatticeStrain)?,
            grain_statistics: one(&self.grain_statistics, pick, Purpose::GrainStatistics)?,
            surface_roughness: one(&self.surface_roughness, pick, Purpose::SurfaceRoughness)?,
            vecsei_background: one(&self.vecsei_background, pick, Purpose::HasBackground)?
                .is_some(),
            vecsei_noise: one(&self.vecsei_noise, pick, Purpose::HasNoise)?.is_some(),
            counting_noise: one(&self.counting_noise, pick, Purpose::CountingNoise)?,
        })
    }

    /// Effects on the phases of these names.
    fn phases<'a>(
        &self,
        names: impl Iterator<Item = &'a str>,
        pick: &mut dyn FnMut(Purpose) -> Pick,
    ) -> Result<Vec<PhaseEffects>> {
        let instrument = one(&self.broadening, pick, Purpose::Broadening)?;
        let one_phase = |(i, name)| {
            let purpose = |part| Purpose::Phase(i as u32, part);
            let own = self.phases.get(name);
            let texture = own.and_then(|t| t.texture.as_ref());
            let strain = own.and_then(|t| t.lattice_strain.as_ref());
            let grains = own.and_then(|t| t.grain_statistics.as_ref());
            let width = own.and_then(|t| t.broadening.as_ref());
            let broadening = self.of_phase(instrument, width, pick(purpose(PhasePart::Broadening)));
            Ok(PhaseEffects {
                broadening: broadening?,
                texture: sometimes(texture.or(self.texture.as_ref()), || {
                    pick(purpose(PhasePart::Texture))
                })?,
                grain_statistics: sometimes(grains.or(self.grain_statistics.as_ref()), || {
                    pick(purpose(PhasePart::GrainStatistics))
                })?,
                lattice_strain: sometimes(strain.or(self.lattice_strain.as_ref()), || {
                    pick(purpose(PhasePart::LatticeStrain))
                })?,
            })
        };
        names.enumerate().map(one_phase).collect()
    }

    /// Broadening of a phase: that of the instrument in this pattern, with a size and a strain of
    /// the phase.
    fn of_phase(
        &self,
        instrument: Option<Broadening>,
        own: Option<&RandomSizeAndStrain>,
        mut pick: Pick,
    ) -> Result<Option<Broadening>> {
        let general = self
            .broadening
            .as_ref()
            .map(|b| [&b.size_angstrom, &b.strain]);
        let numbers = match own {
            Some(own) if pick.happens(own.probability) => [&own.size_angstrom, &own.strain],
            Some(_) => return Ok(instrument),
            None => match general.filter(|_| instrument.is_some()) {
                Some(numbers) => numbers,
                None => return Ok(None),
            },
        };
        let [size, strain] = numbers.map(|d| pick.number(d));
        let caglioti = instrument.map_or([0.0; 3], |b| b.caglioti());
        Broadening::new(caglioti, size, strain).map(Some)
    }
}

fn sometimes<E: RandomEffect>(
    effect: Option<&E>,
    pick: impl FnOnce() -> Pick,
) -> Result<Option<E::Effect>> {
    effect.map_or(Ok(None), |e| e.sometimes(pick()))
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

table!(RandomSizeAndStrain => Broadening {
    #[serde(default = "infinite")]
    size_angstrom: Distribution,
    #[serde(default = "zero")]
    strain: Distribution,
} |self, pick| {
    Broadening::new([0.0; 3], pick.number(&self.size_angstrom), pick.number(&self.strain))
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

table!(RandomLatticeStrain => LatticeStrain {
    strain: Distribution,
} |self, pick| LatticeStrain::new(pick.number(&self.strain)));

table!(RandomGrainStatistics => GrainStatistics {
    sd: Distribution,
} |self, pick| {
    let sd = pick.number(&self.sd);
    GrainStatistics::new(sd, pick.seed())
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
    #[serde(default = "zero")]
    subtracted_background: Distribution,
} |self, pick| {
    let noise = CountingNoise::new(pick.number(&self.counts))?;
    noise.with_subtracted_background(pick.number(&self.subtracted_background))
});

table!(RandomPresence => () {} |self, _pick| Ok(()));
