import type { Script } from '../script.ts'

/** A script in one line: noun/looks [verbs] >object attach^parent <undergoes; the set and the like before it. */
export function tell(script: Script): string {
  const globals = [script.set, script.time, script.weather, script.camera, script.mood].filter(Boolean).join(' ')
  const cast = script.cast.map(role => {
    const looks = [role.tint, role.size, role.speed, role.mood].filter(Boolean).map(look => `/${look}`)
    const verbs = role.verbs.length > 0 ? ` [${role.verbs}]` : ''
    const partner = role.partner === undefined ? '' : ` >${role.partner}`
    const tie = role.attach ? ` ${role.attach}^${role.parent}` : ''
    return `${role.noun}${looks.join('')}${verbs}${partner}${tie}${role.undergoes ? ` <${role.undergoes}` : ''}`
  })
  return `${globals}: ${cast.join(', ')}`
}
