//! Medians and quantiles.

/// Returns the quantile for a fraction from 0 to 1, linear between neighbouring values; 0 for no
/// values.
pub(crate) fn quantile(mut values: Vec<f64>, fraction: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else {
        return 0.0;
    };
    let place = fraction * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    values[below] + (place - below as f64) * (values[above] - values[below])
}

/// Returns the median; 0 for no values.
pub(crate) fn median(values: Vec<f64>) -> f64 {
    quantile(values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbouring_values() {
        let values = vec![4.0, 1.0, 3.0, 2.0];
        assert_eq!(median(values.clone()), 2.5);
        assert_eq!(quantile(values.clone(), 0.75), 3.25);
        assert_eq!(
            (quantile(values.clone(), 0.0), quantile(values, 1.0)),
            (1.0, 4.0)
        );
        assert_eq!((median(vec![]), median(vec![7.0])), (0.0, 7.0));
    }
}
