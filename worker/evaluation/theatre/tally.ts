/** What is measured, and from where on it is good enough (issue 3). `brush` is an error: lower is better. */
const floors = {
  actors: 0.97,
  counts: 0.95,
  actions: 0.92,
  sets: 0.98,
  camera: 0.98,
  diversity: 0.12,
  smoothness: 0.97,
  extension: 0.97,
  brush: 0.05,
} as const
export type Measure = keyof typeof floors

const measures = Object.keys(floors) as Measure[]

/** Collects verdicts and says whether they suffice. */
export class Tally {
  private readonly values = new Map<Measure, number[]>(measures.map(measure => [measure, []]))
  private readonly groups = new Map<string, number[]>()
  private readonly parts = new Map<string, number[]>()
  private readonly failures: string[] = []

  /** One yes or no; `what` is listed when it is no, `group` gets a line of its own in the table. */
  add(measure: Measure, held: boolean, what: string, group?: string): void {
    this.measure(measure, Number(held))
    if (!held) this.failures.push(`${measure}: ${what}`)
    if (!group) return
    const key = `${measure} ${group}`
    this.groups.set(key, [...(this.groups.get(key) ?? []), Number(held)])
  }

  /** The same yes or no once more, as one of a part of its measure ("unseen") that gets a row below it. */
  part(measure: Measure, name: string, held: boolean): void {
    const key = `${measure} ${name}`
    this.parts.set(key, [...(this.parts.get(key) ?? []), Number(held)])
  }

  /** One number. */
  measure(measure: Measure, value: number): void {
    this.values.get(measure)?.push(value)
  }

  /** Means, to three digits; nothing measured counts as failed. `unseenActions`: actions that training never showed, no floor of their own. */
  summary(): Record<Measure, number> & { unseenActions: number } {
    const of = (measure: Measure) => mean(this.values.get(measure)) ?? (measure === 'brush' ? 1 : 0)
    const means = Object.fromEntries(measures.map(measure => [measure, of(measure)])) as Record<Measure, number>
    return { ...means, unseenActions: mean(this.parts.get('actions unseen')) ?? 0 }
  }

  /** True when any measure misses its floor. */
  fails(): boolean {
    const summary = this.summary()
    return measures.some(measure => !good(measure, summary[measure]))
  }

  /** A table of the measures and their parts, of what went wrong by kind, and the first failures. */
  table(): string {
    const summary = this.summary()
    const rows = measures.flatMap(measure => [
      `${measure.padEnd(12)}${String(summary[measure]).padStart(7)}   ${measure === 'brush' ? '<=' : '>='} ${floors[measure]}` +
        `   n ${this.values.get(measure)?.length ?? 0}${good(measure, summary[measure]) ? '' : '   MISSED'}`,
      ...[...this.parts]
        .filter(([key]) => key.startsWith(`${measure} `))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(
          ([key, values]) =>
            `  ${key.slice(measure.length + 1).padEnd(10)}${String(mean(values)).padStart(7)}           n ${values.length}`,
        ),
    ])
    const weak = [...this.groups]
      .map(([key, values]) => ({ key, rate: values.reduce((a, b) => a + b, 0) / values.length, n: values.length }))
      .filter(({ rate }) => rate < 1)
      .sort((a, b) => a.rate - b.rate)
      .slice(0, 30)
      .map(({ key, rate, n }) => `  ${key.padEnd(28)} ${rate.toFixed(2)} of ${n}`)
    const listed = this.failures.slice(0, 60).map(failure => `  ${failure}`)
    return [
      ...rows,
      ...(weak.length > 0 ? ['weakest:', ...weak] : []),
      ...(listed.length > 0 ? [`failures (${this.failures.length}):`, ...listed] : []),
      '',
    ].join('\n')
  }
}

/** To three digits; undefined for nothing. */
const mean = (values: readonly number[] | undefined): number | undefined =>
  values && values.length > 0
    ? Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 1000) / 1000
    : undefined

const good = (measure: Measure, value: number): boolean =>
  measure === 'brush' ? value <= floors.brush : value >= floors[measure]
