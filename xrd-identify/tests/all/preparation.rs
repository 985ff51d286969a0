//! Preparation of values that are already on the axis.

use xrd_identify::{Error, Prepared};

#[test]
fn ranges_and_lengths_are_checked() {
    let values = || {
        (0..Prepared::POINTS)
            .map(|i| if i % 100 == 50 { 1.0 } else { 0.0 })
            .collect::<Vec<f32>>()
    };
    let prepared = Prepared::within(values(), 100..900).unwrap();
    assert_eq!(prepared.measured(), 100..900);
    assert!(prepared.values()[900..].iter().all(|v| *v == 0.0));
    for measured in [0..374, 1800..2126, 2125..2125, 2000..3000] {
        let found = Prepared::within(values(), measured);
        assert!(matches!(found, Err(Error::Range { .. })), "{found:?}");
    }
    let found = Prepared::within(vec![1.0; 7], 0..7);
    assert_eq!(found, Err(Error::Length { found: 7 }));
    let found = Prepared::within(vec![1.0; Prepared::POINTS], 0..2000);
    assert_eq!(found, Err(Error::NoLines));
}
