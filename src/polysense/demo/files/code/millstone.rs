//! How fast the runner stone turns for a given speed of the water wheel.

/// Teeth of the pit gear on the wheel's shaft.
pub const PIT_GEAR: u32 = 96;
/// Teeth of the iron pinion that it drives.
pub const PINION: u32 = 24;

/// Turns a minute of the stone; the pinion and the stone share a spindle.
pub fn stone_speed(wheel_turns_per_minute: f64) -> f64 {
    wheel_turns_per_minute * f64::from(PIT_GEAR) / f64::from(PINION)
}

/// Kilograms of flour an hour: the stone drags below 20 turns a minute and scorches above 110.
pub fn flour_per_hour(stone_turns_per_minute: f64) -> Option<f64> {
    if (20.0..=110.0).contains(&stone_turns_per_minute) {
        Some(0.62 * stone_turns_per_minute)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinion_quadruples_the_speed() {
        assert_eq!(stone_speed(15.0), 60.0);
    }
}
