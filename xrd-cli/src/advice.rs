//! Which option to change, for refusals of the libraries, which know of no options.

/// The options, in brackets, to stand behind the message.
pub(crate) fn options(error: &anyhow::Error) -> Option<&'static str> {
    error.chain().find_map(|cause| {
        let of_network = || cause.downcast_ref().and_then(of_network);
        let of_sweep = || cause.downcast_ref().and_then(of_sweep);
        let of_simulation = || cause.downcast_ref().and_then(of_simulation);
        let of_reading = || cause.downcast_ref().and_then(of_reading);
        of_network()
            .or_else(of_sweep)
            .or_else(of_simulation)
            .or_else(of_reading)
    })
}

fn of_network(error: &xrd_ae::Error) -> Option<&'static str> {
    match error {
        xrd_ae::Error::Diverged { .. } => Some(" (--lr, --warm-up, --clip, --scaling)"),
        _ => None,
    }
}

fn of_sweep(error: &xrd_relevance::Error) -> Option<&'static str> {
    match error {
        xrd_relevance::Error::Window { .. } => Some(" (--window-deg)"),
        xrd_relevance::Error::Step { .. } => Some(" (--step-deg)"),
        _ => None,
    }
}

fn of_reading(error: &xrd_io::Error) -> Option<&'static str> {
    match error {
        xrd_io::Error::DifferentAxes { .. } => Some(" (--resample; of convert --rebin and --crop)"),
        _ => None,
    }
}

fn of_simulation(error: &xrd_sim::Error) -> Option<&'static str> {
    match error {
        xrd_sim::Error::NoDispersion { .. } => Some(" (--wavelength, or no --dispersion)"),
        xrd_sim::Error::NoDispersionOf { .. } => Some(" (without --dispersion)"),
        _ => None,
    }
}
