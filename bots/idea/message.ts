import { t } from '../../core/i18n.ts'
import type { Idea } from '../../core/idea/shots.ts'
import { buttonId } from '../buttons.ts'
import { credits, excerpt } from '../describe.ts'
import type { Button, Outgoing } from '../platform.ts'

/** Characters of a shot's words that are shown: eight of them fit every platform's message. */
const shown = 160

/** A shot list with its price and what can be done with it. Pure. */
export function ideaMessage(locale: string, idea: Idea, owner: Button['only']): Outgoing {
  const { shots, price, id, version } = idea
  const lines = shots.map(({ prompt, seconds, camera }, i) => {
    const move = camera && t(locale, 'preset' in camera ? `camera.${camera.preset}` : 'camera.axes')
    const what = [t(locale, 'recipe.length', { count: seconds }), ...(move ? [move] : [])]
    return t(locale, 'idea.shot', {
      number: i + 1,
      prompt: excerpt(prompt, shown),
      what: what.join(locale.startsWith('zh') ? ' · ' : ', '),
    })
  })
  const head = t(locale, 'idea.head', {
    words: excerpt(idea.words, 60),
    count: shots.length,
    seconds: shots.reduce((sum, { seconds }) => sum + seconds, 0),
    price: credits(locale, price),
  })
  const button = (act: 'make' | 'other' | 'forget'): Button => ({
    id: buttonId({ verb: 'idea', act, idea: id, version }),
    label: t(locale, `button.idea-${act}`),
    ...(owner && { only: owner }),
  })
  return {
    text: [head, ...lines, t(locale, 'idea.how')].join('\n'),
    buttons: [button('make'), button('other'), button('forget')],
  }
}
