/** The filter with one term put in or, where it is there, taken out: what a click in the legend does. */
export function toggled(filter: string, term: string): string {
  const pieces = filter.split(/\s+/).filter(piece => piece !== '')
  const at = pieces.indexOf(term)
  if (at >= 0) pieces.splice(at, 1)
  else {
    const key = `${term.split(':')[0]}:`
    const others = pieces.filter(piece => !piece.startsWith(key))
    return [...others, term].join(' ')
  }
  return pieces.join(' ')
}
