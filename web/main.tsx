import { render } from 'preact';
import { Page } from './parts/page.tsx';
import { connect } from './state/connection.ts';
import { keepOrder } from './state/lane-order.ts';
import { followHistory } from './state/past.ts';
import { followPorts } from './state/ports.ts';
import { followFullest, followTitle } from './state/scene.ts';
import { followAddress } from './state/selection.ts';
import { followSeries } from './state/series.ts';
import { followTheme } from './state/theme.ts';
import './style/main.css';

followTheme();
followAddress();
followFullest();
followTitle();
keepOrder();
followHistory();
followSeries();
followPorts();
connect();

render(<Page />, document.getElementById('page') as HTMLElement);
