/** Two or three modes of one view, of which one is on. */
export function Segmented<Name extends string>(props: {
  readonly label: string
  readonly items: readonly { readonly name: Name; readonly label: string; readonly title?: string | undefined }[]
  readonly value: Name
  readonly onChange: (name: Name) => void
}) {
  return (
    <fieldset className="segmented" aria-label={props.label}>
      {props.items.map(({ name, label, title }) => (
        <button
          key={name}
          type="button"
          title={title}
          aria-pressed={name === props.value}
          onClick={() => props.onChange(name)}
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}
