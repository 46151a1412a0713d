/** Whether keys that go to an element write in it. By its name, not its class: a window of its own has other classes. */
export function takesText(target: EventTarget | null | undefined): boolean {
  const { tagName = '', type = '', isContentEditable } = (target ?? {}) as Partial<HTMLInputElement>
  if (isContentEditable || tagName === 'TEXTAREA' || tagName === 'SELECT') return true
  return tagName === 'INPUT' && type !== 'radio' && type !== 'checkbox'
}
