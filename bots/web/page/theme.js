// Runs before the first paint, so that a chosen appearance does not flash.
{
  let chosen
  try {
    chosen = localStorage.getItem('theme')
  } catch {}
  if (chosen) document.documentElement.dataset.theme = chosen
}
