// The model lighthouse in the museum shop window flashes as the real one does.

const PERIOD = 15000; // milliseconds from group to group
const FLASH = 400;
const GAP = 2100; // from the start of the first flash to the start of the second

/** Is the lamp lit at this moment? Two flashes, then dark until the period is over. */
export function isLit(now) {
  const phase = now % PERIOD;
  return phase < FLASH || (phase >= GAP && phase < GAP + FLASH);
}

/** Switch an element's "lit" class in time with the light. Returns a function that stops it. */
export function run(element, clock = () => Date.now()) {
  const timer = setInterval(() => element.classList.toggle("lit", isLit(clock())), 50);
  return () => clearInterval(timer);
}
