/** A gateway of a tier that translates addresses, or a load balancer that does: a lane has the width that it gives. */
export interface Gateway {
  /** Stable: `aws-nat-gateway`. */
  readonly id: string;
  readonly title: string;
  /** Connections at once to one destination address and port, from one of its addresses, or with the share of one host. */
  readonly slotsPerLane: number;
  /** Whether a lane has the ports of an address, which all hosts share, or those that one host alone may use. */
  readonly lanePer: 'address' | 'host';
  /**
   * How many lanes it gives to each destination, 1 or more: its addresses or, where each host has a share of its own
   * (`lanePer`), the hosts. The lanes of a tier are this times its destinations.
   */
  readonly addresses: number;
  /** The most that `addresses` can be; null where that is not bounded, or not known. */
  readonly mostAddresses: number | null;
  /**
   * How long it keeps a slot after the connection is closed, by either end. 60 s, as long as Linux does, where that is not
   * documented.
   */
  readonly timeWaitSeconds: number;
  /** Ports tried before it gives up, where it does not try all: it refuses before it is full; null where it tries all. */
  readonly tries: number | null;
  /** Where these figures are documented. */
  readonly source: string;
}

/** What is documented of all gateways of one kind. */
export interface GatewayFacts {
  /** Stable: `aws-nat-gateway`. */
  readonly id: string;
  readonly title: string;
  /** Connections at once from one address to one destination address and port. */
  readonly portsPerAddress: number;
  /** The most addresses that one gateway can have; null where that is not bounded, or not known. */
  readonly mostAddresses: number | null;
  /** How long it keeps a slot after the connection is closed; null where that is not documented. */
  readonly timeWaitSeconds: number | null;
  /** Ports tried before it gives up; null where it tries all, or that is not known. */
  readonly tries: number | null;
  /** Where these figures are documented. */
  readonly source: string;
}

/** How a gateway is used and set up here. Counts are whole numbers, 1 or more. */
export interface GatewayUse {
  /** Hosts that open connections through it. */
  readonly hosts: number;
  /** Addresses that it has; one where that is not said. */
  readonly addresses?: number | undefined;
  /** The ports that each host may use; the kind's default where that is not said. */
  readonly portsPerHost?: number | undefined;
  /** What is set or was measured, 0 or more; what is documented where that is not said. */
  readonly timeWaitSeconds?: number | undefined;
}

/** One kind of gateway: an entry of the catalog. */
export interface GatewayKind extends GatewayFacts {
  /**
   * The gateway that such a use makes of it.
   *
   * @throws FourtupleError FT_ARGUMENT where a count is wrong, or its addresses have not enough ports for the hosts
   */
  resolve(use: GatewayUse): Gateway;
}
