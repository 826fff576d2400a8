import { channels, type Pcm, rate } from './pcm.ts'

/**
 * Where the beats of a sound are, as well as simple means tell: onsets by the rise of energy in three bands, tempo by autocorrelation,
 * beats by dynamic programming (D. Ellis, "Beat Tracking by Dynamic Programming", 2007). What has no steady pulse gets no beats.
 */

/** Samples per step of the onset curve: 10 ms. */
const hop = rate / 100
const stepsPerSecond = rate / hop
/** Tempi looked for, in beats a minute; among multiples of one another the nearest to 120 wins. */
const tempi = { least: 55, most: 200, usual: 120 } as const
/** Autocorrelation of the onsets at the beat's distance, 0..1, below which there is no pulse to speak of. */
const leastPulse = 0.12
/** Usual rise of the loudness per step below which nothing sets in: noise and held tones flicker by less, a soft drum rises by more. */
const leastRise = 0.12
/** How much an uneven distance between beats costs (Ellis's alpha is 100 for onsets of unit variance). */
const steadiness = 100

/** Corner frequencies between the bands, in Hz: drum and bass, voice, cymbals. */
const corners = [200, 2000] as const

/** How suddenly it gets louder, per step, with mean 0 and variance 1; all 0 where nothing ever does. */
function onsetsOf(sound: Pcm): Float32Array {
  const steps = Math.floor(sound.length / channels / hop)
  const [alphaLow, alphaMiddle] = corners.map(corner => 1 - Math.exp((-2 * Math.PI * corner) / rate)) as [
    number,
    number,
  ]
  const onsets = new Float32Array(steps)
  const before = [0, 0, 0]
  let [low, middle] = [0, 0]
  for (let step = 0; step < steps; step++) {
    let [bass, voice, bright] = [0, 0, 0]
    for (let at = step * hop * channels; at < (step + 1) * hop * channels; at += channels) {
      const x = ((sound[at] as number) + (sound[at + 1] as number)) / 65536
      low += alphaLow * (x - low)
      middle += alphaMiddle * (x - middle)
      bass += low * low
      voice += (middle - low) ** 2
      bright += (x - middle) ** 2
    }
    for (const [band, sum] of [bass, voice, bright].entries()) {
      const loud = Math.log1p((1000 * sum) / hop)
      onsets[step] = (onsets[step] as number) + Math.max(0, loud - (before[band] as number))
      before[band] = loud
    }
  }
  // The first step rises from nothing, which is no onset.
  if (steps > 0) onsets[0] = 0
  return normal(onsets)
}

function normal(values: Float32Array): Float32Array {
  if (Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / Math.max(1, values.length)) < leastRise)
    return values.fill(0)
  const mean = values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length)
  const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, values.length))
  return values.map(x => (spread > 0 ? (x - mean) / spread : 0))
}

/** Steps between beats, and how strong the pulse is (0..1). */
function pulseOf(onsets: Float32Array): { period: number; strength: number } {
  const lags = {
    least: Math.round((60 * stepsPerSecond) / tempi.most),
    most: Math.round((60 * stepsPerSecond) / tempi.least),
  }
  const usual = (60 * stepsPerSecond) / tempi.usual
  let best = { period: 0, strength: 0, score: 0 }
  for (let lag = lags.least; lag <= Math.min(lags.most, onsets.length - 1); lag++) {
    let sum = 0
    for (let i = lag; i < onsets.length; i++) sum += (onsets[i] as number) * (onsets[i - lag] as number)
    const strength = sum / (onsets.length - lag)
    const score = strength * Math.exp(-0.5 * (Math.log2(lag / usual) / 0.9) ** 2)
    if (score > best.score) best = { period: lag, strength, score }
  }
  return best
}

/** Beats in seconds from the beginning of the sound; none where there is no steady pulse. */
export function beatsOf(sound: Pcm): number[] {
  const onsets = onsetsOf(sound)
  const { period, strength } = pulseOf(onsets)
  // Noise of n steps correlates with itself by 1/sqrt(n); four times that is no chance.
  if (period === 0 || strength < Math.max(leastPulse, 4 / Math.sqrt(onsets.length))) return []
  const score = onsets.slice()
  const from = new Int32Array(onsets.length).fill(-1)
  for (let t = 0; t < onsets.length; t++) {
    let best = 0
    for (let s = t - Math.round(period / 2); s >= t - 2 * period && s >= 0; s--) {
      const gain = (score[s] as number) - steadiness * Math.log((t - s) / period) ** 2
      if (gain > best) {
        best = gain
        from[t] = s
      }
    }
    score[t] = (score[t] as number) + best
  }
  let end = Math.max(0, score.length - period)
  for (let t = end; t < score.length; t++) if ((score[t] as number) > (score[end] as number)) end = t
  const beats: number[] = []
  for (let t = end; t >= 0; t = from[t] ?? -1) beats.unshift(t / stepsPerSecond)
  return beats
}
