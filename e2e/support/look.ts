/** What a person would not forgive in a picture of the panel, found by looking at the page. */
import type { Locator, Page } from '@playwright/test'

/** Texts that are cut off without an ellipsis, or with one and without a title that tells the rest. */
export function cutTexts(root: Locator): Promise<string[]> {
  return root.evaluate(top => {
    const faults: string[] = []
    const clips = (style: CSSStyleDeclaration): boolean =>
      [style.overflowX, style.overflowY].some(value => value === 'hidden' || value === 'clip')
    const scrolls = (style: CSSStyleDeclaration): boolean =>
      [style.overflowX, style.overflowY].some(value => value === 'auto' || value === 'scroll')
    const told = (element: Element | null, text: string): boolean => {
      for (let at = element, steps = 0; at && steps < 5; at = at.parentElement, steps++) {
        if (at.getAttribute('title')?.includes(text.slice(0, 12)) || at.getAttribute('title')) return true
      }
      return false
    }
    const walker = top.ownerDocument.createTreeWalker(top, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? ''
      const element = node.parentElement
      if (text.length < 2 || !element?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
      const range = top.ownerDocument.createRange()
      range.selectNodeContents(node)
      const box = range.getBoundingClientRect()
      if (box.width < 2 || box.height < 2) continue
      for (let at: Element | null = element; at && at !== top.parentElement; at = at.parentElement) {
        const style = getComputedStyle(at)
        if (style.clipPath !== 'none' || (style.position === 'absolute' && at.clientWidth <= 1)) break
        if (scrolls(style)) break
        if (!clips(style)) continue
        const frame = at.getBoundingClientRect()
        const over = Math.max(box.right - frame.right, frame.left - box.left)
        const under = Math.max(box.bottom - frame.bottom, frame.top - box.top)
        if (over < 1.5 && under < box.height / 2) continue
        // The rest comes with the press of a button.
        if (at.nextElementSibling?.hasAttribute('aria-expanded')) break
        const dots = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
        if (dots && told(at, text)) break
        // Of a row that is scrolled to half, nothing is lost.
        if (!dots && over < 1.5) break
        const where = `${at.tagName.toLowerCase()}.${[...at.classList].join('.')}`
        faults.push(`${JSON.stringify(text.slice(0, 60))} in ${where}: ${dots ? 'no title tells the rest' : 'cut off'}`)
        break
      }
    }
    return [...new Set(faults)]
  })
}

/** Columns of figures whose right edges differ, in tables and in the ledger's rows. */
export function raggedColumns(root: Locator): Promise<string[]> {
  return root.evaluate(top => {
    const faults: string[] = []
    const edgeOf = (cell: Element): number | undefined => {
      const range = top.ownerDocument.createRange()
      range.selectNodeContents(cell)
      const box = range.getBoundingClientRect()
      return box.width > 0 ? box.right : undefined
    }
    const judge = (name: string, cells: readonly Element[]): void => {
      const edges = cells.map(edgeOf).filter(edge => edge !== undefined)
      const spread = Math.max(...edges) - Math.min(...edges)
      if (edges.length > 1 && spread > 1) faults.push(`${name}: right edges differ by ${spread.toFixed(1)} px`)
    }
    for (const name of ['seq', 'time', 'tok', 'cost']) {
      judge(`ledger ${name}`, [...top.querySelectorAll(`.rows .row:not(.live) > .${name}`)])
    }
    for (const table of top.querySelectorAll('table')) {
      const columns = new Map<number, Element[]>()
      for (const row of table.querySelectorAll('tbody tr, tfoot tr')) {
        for (const [index, cell] of [...row.children].entries()) {
          const figure = /^[≈+−-]?\s?\$?[\d.,]+\s?(k|M|ms|s|%|min)?$|^–$/.test(cell.textContent?.trim() ?? '')
          if (figure) columns.set(index, [...(columns.get(index) ?? []), cell])
        }
      }
      for (const [index, cells] of columns) judge(`table ${table.className} column ${index + 1}`, cells)
    }
    return faults
  })
}

/** The part of an element's picture in which there is something to see, by blocks of 24 × 24 pixels. */
export async function filledShare(page: Page, element: Locator): Promise<number> {
  const picture = await element.screenshot()
  const blank = await page.context().newPage()
  try {
    return await blank.evaluate(async data => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob())
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
      context.drawImage(bitmap, 0, 0)
      const size = 24
      let filled = 0
      let blocks = 0
      for (let y = 0; y + size <= bitmap.height; y += size) {
        for (let x = 0; x + size <= bitmap.width; x += size) {
          const { data: pixels } = context.getImageData(x, y, size, size)
          blocks++
          let differs = 0
          for (let i = 4; i < pixels.length; i += 4) {
            const distance =
              Math.abs((pixels[i] as number) - (pixels[0] as number)) +
              Math.abs((pixels[i + 1] as number) - (pixels[1] as number)) +
              Math.abs((pixels[i + 2] as number) - (pixels[2] as number))
            if (distance > 48) differs++
          }
          if (differs >= 6) filled++
        }
      }
      return filled / blocks
    }, picture.toString('base64'))
  } finally {
    await blank.close()
  }
}
