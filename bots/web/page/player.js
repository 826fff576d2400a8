import { h, icon, text } from './dom.js'

/** Clips and pictures in a thread: the right shape from the start, playing only while they are looked at. */

const calm = matchMedia('(prefers-reduced-motion: reduce)')
const paths = {
  play: 'M7 4.5v11l9-5.5z',
  pause: 'M7 5v10M13 5v10',
  full: 'M4 8V4h4m4 0h4v4m0 4v4h-4m-4 0H4v-4',
  save: 'M10 3v9m0 0-3.500-3.500M10 12l3.500-3.500M4 16h12',
}

const looked = new IntersectionObserver(
  entries => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) target.pause()
      else if (!target.dataset.held && !calm.matches) target.play().catch(() => undefined)
    }
  },
  { threshold: 0.35 },
)

/** @param media as the server sends it. @param {string} about what it shows, for those who do not see it */
export function showMedia(media, about) {
  const figure = h('figure.media', {})
  figure.style.setProperty('--ratio', String(media.width / media.height))
  const size = { width: media.width, height: media.height }
  const save = h('a.over', {
    href: `${media.src}&dl=${media.name}`,
    download: media.name,
    'aria-label': text('download'),
    title: text('download'),
  })
  save.append(icon(paths.save))
  if (media.kind !== 'video') {
    figure.append(h('img', { src: media.src, alt: about, ...size, loading: 'lazy' }), h('div.overs', {}, save))
    return figure
  }
  const video = h('video', { src: media.src, poster: media.poster ?? '', ...size, preload: 'metadata' })
  Object.assign(video, { muted: true, loop: true, playsInline: true, defaultMuted: true })
  video.setAttribute('aria-label', about)
  const toggle = h('button.over', { type: 'button', onclick: flip })
  const draw = () => {
    toggle.replaceChildren(icon(video.paused ? paths.play : paths.pause))
    toggle.setAttribute('aria-label', text(video.paused ? 'play' : 'pause'))
    figure.classList.toggle('still', video.paused)
  }
  function flip() {
    if (video.paused) {
      delete video.dataset.held
      video.play().catch(() => undefined)
    } else {
      video.dataset.held = '1'
      video.pause()
    }
  }
  for (const event of ['play', 'pause']) video.addEventListener(event, draw)
  video.addEventListener('click', flip)
  const time = h('span.time', {}, media.seconds ? `0:${String(Math.round(media.seconds)).padStart(2, '0')}` : '')
  const full = h('button.over', {
    type: 'button',
    'aria-label': text('full'),
    title: text('full'),
    onclick: () => (video.requestFullscreen?.() ?? video.webkitEnterFullscreen?.())?.catch?.(() => undefined),
  })
  full.append(icon(paths.full))
  draw()
  figure.append(video, h('div.overs', {}, toggle, time, full, save))
  looked.observe(video)
  return figure
}

/** A video that leaves the page stops loading. */
export function dropMedia(figure) {
  const video = figure?.querySelector('video')
  if (!video) return
  looked.unobserve(video)
  video.removeAttribute('src')
  video.load()
}
