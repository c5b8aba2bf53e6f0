package produce

// The shop, its customers' names and where they come from.

const domain = "shop.example.com"

type product struct {
	id, name, category string
	cents              int
}

var products = []product{
	{"sku-101", "Walking boots", "shoes", 12900},
	{"sku-102", "Running shoes", "shoes", 9950},
	{"sku-103", "Sandals", "shoes", 4500},
	{"sku-104", "Felt slippers", "shoes", 2790},
	{"sku-201", "Rain jacket", "jackets", 14900},
	{"sku-202", "Down vest", "jackets", 11900},
	{"sku-203", "Wind breaker \"Föhn\"", "jackets", 7900},
	{"sku-301", "Tent for two", "camping", 24900},
	{"sku-302", "Sleeping bag", "camping", 13900},
	{"sku-303", "Camping stove", "camping", 5990},
	{"sku-304", "Enamel mug", "camping", 990},
	{"sku-305", "Head torch", "camping", 3490},
	{"sku-401", "Field glasses", "optics", 18900},
	{"sku-402", "Spotting scope", "optics", 49900},
	{"sku-403", "Lens cloth", "optics", 490},
}

var (
	firstNames = []string{"Ada", "Bruno", "Chiara", "Diego", "Elif", "Femi", "Greta", "Haruki", "Inès", "Jonas", "Kavya", "Liam", "Mei", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Søren", "Tariq"}
	lastNames  = []string{"Almeida", "Becker", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ivanova", "Jansen", "Kowalski", "Lindt", "Moreau", "Nguyen", "O'Brien", "Popescu", "Rossi", "Sato", "Tanaka", "Weiß"}
	plans      = []string{"free", "plus", "pro"}
	tiers      = []string{"bronze", "silver", "gold"}
	coupons    = []string{"WELCOME10", "SPRING", "FREE-SHIPPING"}
)

type place struct{ city, region, country string }

var places = []place{
	{"Zürich", "Zurich", "Switzerland"},
	{"Lyon", "Auvergne-Rhône-Alpes", "France"},
	{"Hamburg", "Hamburg", "Germany"},
	{"Porto", "Porto", "Portugal"},
	{"Austin", "Texas", "United States"},
	{"Portland", "Oregon", "United States"},
	{"Leeds", "England", "United Kingdom"},
	{"Osaka", "Osaka", "Japan"},
}

type deviceModel struct{ library, platform, deviceType, browser, device, carrier, appName, appVersion string }

var deviceModels = []deviceModel{
	{library: "web", platform: "Windows 11", deviceType: "Desktop", browser: "Edge 143"},
	{library: "web", platform: "Mac OS X 15.2", deviceType: "Desktop", browser: "Safari 18.2"},
	{library: "web", platform: "Linux", deviceType: "Desktop", browser: "Firefox 146"},
	{library: "web", platform: "Android 16", deviceType: "Mobile", browser: "Chrome Mobile 143", device: "Pixel 9"},
	{library: "web", platform: "iOS 18.2", deviceType: "Tablet", browser: "Mobile Safari 18.2", device: "iPad"},
	{library: "iOS", platform: "iOS 18.2", deviceType: "Mobile", device: "iPhone 16", carrier: "Swisscom", appName: "Shop", appVersion: "4.2.0"},
}

// source is where a visit comes from.
type source struct{ referrer, utmSource, utmMedium, utmCampaign, utmTerm, utmContent, keyword string }

var sources = []source{
	{},
	{},
	{referrer: "https://www.google.com/"},
	{referrer: "https://duckduckgo.com/"},
	{referrer: "https://www.google.com/", utmSource: "google", utmMedium: "cpc", utmCampaign: "spring_sale", utmTerm: "rain jacket", keyword: "rain jacket"},
	{referrer: "https://www.bing.com/", utmSource: "bing", utmMedium: "cpc", utmCampaign: "brand", utmTerm: "shop", keyword: "shop"},
	{utmSource: "newsletter", utmMedium: "email", utmCampaign: "weekly", utmContent: "hero"},
	{referrer: "https://www.instagram.com/", utmSource: "instagram", utmMedium: "social", utmCampaign: "summer_looks", utmContent: "story"},
	{referrer: "https://blog.example.org/best-tents?lang=en&year=2026"},
}

// page is one page of the site.
type page struct{ path, title string }

var (
	homePage     = page{"/", "Shop: all for outdoors"}
	loginPage    = page{"/account/login", "Sign in"}
	cartPage     = page{"/cart", "Your cart"}
	checkoutPage = page{"/checkout", "Checkout"}
	thanksPage   = page{"/checkout/thank-you", "Thank you"}
)

func categoryPage(category string) page { return page{"/c/" + category, "All " + category} }
func productPage(p product) page        { return page{"/p/" + p.id, p.name} }
