import type { JSX } from 'preact';

/** An address and a port; whatever the address is, the port stays what it is. */
export function Endpoint({ address, port }: { address: string; port: number }): JSX.Element {
  const isBracketed = address.includes(':');
  return (
    <>
      {isBracketed && '['}
      <bdi>{address}</bdi>
      {isBracketed && ']'}:{port}
    </>
  );
}
